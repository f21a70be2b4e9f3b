-- --------------------------------------------------------------------------- title and receivables

-- A number may be transferred in parts; a sale is due once any of its transfers is.
CREATE TEMP TABLE receivable AS
    SELECT
        enterprise, as_of, number,
        greatest(sum(CASE kind WHEN 'transferred' THEN price ELSE -price END), 0) AS open,
        coalesce(bool_or(due_at <= as_of) FILTER (WHERE kind = 'transferred'), false) AS due,
        coalesce(bool_or(due_at + days(30) <= as_of) FILTER (WHERE kind = 'transferred'), false)
            AS long_due
    FROM standing_sale WHERE kind IN ('transferred', 'paid')
    GROUP BY enterprise, as_of, number;

CREATE TEMP TABLE owed AS
    SELECT
        enterprise, as_of,
        coalesce(sum(open), 0) AS amount,
        coalesce(sum(open) FILTER (WHERE due), 0) AS due,
        coalesce(sum(open) FILTER (WHERE long_due), 0) AS long_due
    FROM point LEFT JOIN receivable USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE owed_by_buyers AS
    WITH per_buyer AS (
        SELECT
            enterprise, as_of,
            greatest(sum(CASE kind WHEN 'transferred' THEN price ELSE -price END), 0) AS open
        FROM standing_sale WHERE kind IN ('transferred', 'paid')
        GROUP BY enterprise, as_of, buyer
    )
    SELECT
        enterprise, as_of,
        coalesce(max(open), 0) AS largest,
        coalesce(sum(open), 0) AS amount
    FROM point LEFT JOIN per_buyer USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE payment AS
    SELECT
        enterprise, as_of, occurred_at > as_of - days(90) AS recent,
        CASE WHEN occurred_at > due_at THEN (occurred_at - due_at) // days(1) ELSE 0 END
            AS days_late
    FROM standing_sale WHERE kind = 'paid' AND occurred_at > as_of - days(365);

CREATE TEMP TABLE paid_to_it AS
    SELECT
        enterprise, as_of,
        ratio(sum(days_late), count(days_late)) AS lateness_365d,
        ratio(sum(days_late) FILTER (WHERE recent), count(days_late) FILTER (WHERE recent))
            AS lateness_90d,
        ratio(count(*) FILTER (WHERE days_late >= 1), count(days_late)) AS late_share_365d
    FROM point LEFT JOIN payment USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

-- What it owes itself, by the sellers' numbers.
CREATE TEMP TABLE payable AS
    SELECT
        enterprise, as_of, number,
        greatest(sum(CASE kind WHEN 'transferred' THEN price ELSE -price END), 0) AS open,
        coalesce(bool_or(due_at <= as_of) FILTER (WHERE kind = 'transferred'), false) AS due
    FROM standing_purchase WHERE kind IN ('transferred', 'paid')
    GROUP BY enterprise, as_of, number;

CREATE TEMP TABLE owing AS
    SELECT
        enterprise, as_of,
        coalesce(sum(open), 0) AS amount,
        coalesce(sum(open) FILTER (WHERE due), 0) AS due
    FROM point LEFT JOIN payable USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE paid_by_it AS
    WITH payment_made AS (
        SELECT
            enterprise, as_of,
            CASE WHEN occurred_at > due_at THEN (occurred_at - due_at) // days(1) ELSE 0 END
                AS days_late
        FROM standing_purchase WHERE kind = 'paid' AND occurred_at > as_of - days(365)
    )
    SELECT enterprise, as_of, ratio(sum(days_late), count(days_late)) AS lateness_365d
    FROM point LEFT JOIN payment_made USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE round_trip AS
    WITH sold_in_storage AS (
        SELECT enterprise, as_of, cargo_code, min(occurred_at) AS first_at
        FROM standing_sale
        WHERE kind = 'transferred' AND in_storage = 'yes' AND occurred_at > as_of - days(365)
        GROUP BY enterprise, as_of, cargo_code
    ),
    bought_in_storage AS (
        SELECT enterprise, as_of, cargo_code, max(occurred_at) AS last_at
        FROM standing_purchase
        WHERE kind = 'transferred' AND in_storage = 'yes' AND occurred_at > as_of - days(365)
        GROUP BY enterprise, as_of, cargo_code
    )
    SELECT enterprise, as_of, count(*) FILTER (WHERE last_at > first_at) AS lots
    FROM point
    LEFT JOIN sold_in_storage USING (enterprise, as_of)
    LEFT JOIN bought_in_storage USING (enterprise, as_of, cargo_code)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE receivables AS
    SELECT
        enterprise, as_of,
        ratio(owed.due, owed.amount) AS receivable_overdue_share_now,
        ratio(owed.long_due, owed.amount) AS receivable_overdue_30d_share_now,
        ratio(365 * owed.amount, sold.price_365d) AS days_sales_outstanding_365d,
        ratio(owed_by_buyers.largest, owed_by_buyers.amount) AS receivable_largest_share_now,
        paid_to_it.lateness_365d AS payment_lateness_mean_365d,
        paid_to_it.lateness_90d AS payment_lateness_mean_90d,
        paid_to_it.lateness_90d - paid_to_it.lateness_365d AS payment_lateness_change_90d_365d,
        paid_to_it.late_share_365d AS payment_late_share_365d,
        ratio(owing.due, owing.amount) AS payable_overdue_share_now,
        paid_by_it.lateness_365d AS payable_lateness_mean_365d,
        round_trip.lots AS round_trip_lots_365d
    FROM point
    JOIN sold USING (enterprise, as_of)
    JOIN owed USING (enterprise, as_of)
    JOIN owed_by_buyers USING (enterprise, as_of)
    JOIN paid_to_it USING (enterprise, as_of)
    JOIN owing USING (enterprise, as_of)
    JOIN paid_by_it USING (enterprise, as_of)
    JOIN round_trip USING (enterprise, as_of);

-- ----------------------------------------------------------------------------------- concentration

-- What each whole is made of: one row per part.
CREATE TEMP TABLE part AS
    WITH declaration_made AS (
        FROM standing_declaration WHERE kind = 'declared' AND occurred_at > as_of - days(365)
    )
    SELECT enterprise, as_of, 'buyer' AS what, price AS amount FROM sold_to
    UNION ALL
    SELECT enterprise, as_of, 'commodity', sum(declared_value)
    FROM declaration_made GROUP BY enterprise, as_of, hs_code
    UNION ALL
    SELECT enterprise, as_of, 'supplier', sum(declared_value)
    FROM declaration_made GROUP BY enterprise, as_of, counterparty
    UNION ALL
    SELECT enterprise, as_of, 'origin', sum(declared_value)
    FROM declaration_made GROUP BY enterprise, as_of, origin
    UNION ALL
    SELECT enterprise, as_of, 'warehouse', sum(quantity)
    FROM standing_custody WHERE kind = 'received' AND occurred_at > as_of - days(365)
    GROUP BY enterprise, as_of, warehouse;

CREATE TEMP TABLE gathered AS
    WITH share AS (
        SELECT
            enterprise, as_of, what, amount,
            amount * 1000000
            // nullif(sum(amount) OVER (PARTITION BY enterprise, as_of, what), 0) AS ppm
        FROM part
    )
    SELECT
        enterprise, as_of, what,
        sum(ppm * ppm)::DOUBLE / 1e12 AS herfindahl,
        ratio(max(amount), sum(amount)) AS top_share
    FROM share GROUP BY enterprise, as_of, what;

CREATE TEMP TABLE concentration AS
    SELECT
        enterprise, as_of,
        any_value(herfindahl) FILTER (WHERE what = 'buyer') AS counterparty_herfindahl_365d,
        any_value(herfindahl) FILTER (WHERE what = 'commodity') AS commodity_herfindahl_365d,
        any_value(top_share) FILTER (WHERE what = 'buyer') AS counterparty_top_share_365d,
        any_value(top_share) FILTER (WHERE what = 'commodity') AS commodity_top_share_365d,
        any_value(herfindahl) FILTER (WHERE what = 'supplier') AS supplier_herfindahl_365d,
        any_value(herfindahl) FILTER (WHERE what = 'origin') AS origin_herfindahl_365d,
        any_value(herfindahl) FILTER (WHERE what = 'warehouse') AS warehouse_herfindahl_365d
    FROM point LEFT JOIN gathered USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

-- ------------------------------------------------------------------------------------------ answer

SELECT *
FROM receivables
JOIN concentration USING (enterprise, as_of);
