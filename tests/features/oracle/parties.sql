-- -------------------------------------------------------------------------------- connected parties

CREATE TEMP TABLE connected AS
    WITH guarantee AS (
        SELECT
            enterprise, as_of,
            greatest(sum(CASE kind WHEN 'guarantee_given' THEN amount ELSE -amount END), 0)
                AS amount
        FROM standing_enterprise WHERE kind IN ('guarantee_given', 'guarantee_ended')
        GROUP BY enterprise, as_of, reference
    ),
    given AS (
        SELECT enterprise, as_of, sum(amount) AS amount
        FROM guarantee GROUP BY enterprise, as_of
    )
    SELECT
        enterprise, as_of,
        ratio(coalesce(given.amount, 0), registered_capital) AS guarantees_to_capital_now
    FROM point
    LEFT JOIN given USING (enterprise, as_of)
    LEFT JOIN registration USING (enterprise, as_of);

-- ------------------------------------------------------------------------------------------ network

CREATE TEMP TABLE network AS
    WITH sale AS (
        SELECT
            sold_to.enterprise, sold_to.as_of, sold_to.price,
            past_due.days >= 30 OR default_in_force.flag = 1 AS distressed
        FROM sold_to
        JOIN past_due
            ON past_due.enterprise = sold_to.buyer
            AND past_due.as_of = last_midnight(sold_to.as_of)
        JOIN default_in_force
            ON default_in_force.enterprise = sold_to.buyer
            AND default_in_force.as_of = last_midnight(sold_to.as_of)
    )
    SELECT
        enterprise, as_of,
        ratio(coalesce(sum(price) FILTER (WHERE distressed), 0), sum(price))
            AS counterparty_distress_share_365d
    FROM point LEFT JOIN sale USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

-- ------------------------------------------------------------------------------------------- answer

SELECT *
FROM connected
JOIN network USING (enterprise, as_of);
