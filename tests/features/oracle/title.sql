-- ---------------------------------------------------------------------------- title and receivables

-- A number may be transferred in parts; a sale is due once any of its transfers is.
CREATE TEMP TABLE receivable AS
    SELECT
        enterprise, as_of, number,
        greatest(sum(CASE kind WHEN 'transferred' THEN price ELSE -price END), 0) AS open,
        coalesce(bool_or(due_at <= as_of) FILTER (WHERE kind = 'transferred'), false) AS due
    FROM standing_sale WHERE kind IN ('transferred', 'paid')
    GROUP BY enterprise, as_of, number;

CREATE TEMP TABLE payment AS
    SELECT
        enterprise, as_of, count(*) AS payments,
        sum(CASE WHEN occurred_at > due_at THEN (occurred_at - due_at) // days(1) ELSE 0 END)
            AS days_late
    FROM standing_sale WHERE kind = 'paid' AND occurred_at > as_of - days(365)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE receivables AS
    SELECT
        enterprise, as_of,
        ratio(coalesce(sum(open) FILTER (WHERE due), 0), coalesce(sum(open), 0))
            AS receivable_overdue_share_now,
        ratio(any_value(days_late), any_value(payments)) AS payment_lateness_mean_365d
    FROM point
    LEFT JOIN receivable USING (enterprise, as_of)
    LEFT JOIN payment USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

-- ------------------------------------------------------------------------------------ concentration

CREATE TEMP TABLE counterparty_herfindahl AS
    WITH share AS (
        SELECT
            enterprise, as_of,
            price * 1000000 // nullif(sum(price) OVER (PARTITION BY enterprise, as_of), 0) AS ppm
        FROM sold_to
    )
    SELECT enterprise, as_of, sum(ppm * ppm)::DOUBLE / 1e12 AS herfindahl
    FROM share GROUP BY enterprise, as_of;

CREATE TEMP TABLE commodity_herfindahl AS
    WITH traded AS (
        SELECT enterprise, as_of, hs_code, sum(declared_value) AS worth
        FROM standing_declaration WHERE kind = 'declared' AND occurred_at > as_of - days(365)
        GROUP BY enterprise, as_of, hs_code
    ),
    share AS (
        SELECT
            enterprise, as_of,
            worth * 1000000 // nullif(sum(worth) OVER (PARTITION BY enterprise, as_of), 0) AS ppm
        FROM traded
    )
    SELECT enterprise, as_of, sum(ppm * ppm)::DOUBLE / 1e12 AS herfindahl
    FROM share GROUP BY enterprise, as_of;

CREATE TEMP TABLE concentration AS
    SELECT
        enterprise, as_of,
        counterparty_herfindahl.herfindahl AS counterparty_herfindahl_365d,
        commodity_herfindahl.herfindahl AS commodity_herfindahl_365d
    FROM point
    LEFT JOIN counterparty_herfindahl USING (enterprise, as_of)
    LEFT JOIN commodity_herfindahl USING (enterprise, as_of);

-- ------------------------------------------------------------------------------------------- answer

SELECT *
FROM receivables
JOIN concentration USING (enterprise, as_of);
