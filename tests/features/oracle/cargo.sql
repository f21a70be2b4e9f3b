-- --------------------------------------------------------------------- market prices of their time

-- What the market paid when a message came to be known, as it was known then.
CREATE TEMP TABLE price_of_then AS
    SELECT
        asked.commodity, asked.known_at,
        last(v.unit_price ORDER BY v.occurred_at, v.position) AS price
    FROM (
        SELECT hs_code AS commodity, known_at FROM declaration WHERE kind = 'declared'
        UNION
        SELECT lots.commodity, title.known_at
        FROM title JOIN lots ON lots.lot = title.cargo_code
        WHERE title.kind = 'transferred'
    ) AS asked
    JOIN valuation AS v
        ON v.hs_code = asked.commodity AND stands(v.known_at, v.reversed_at, asked.known_at)
    WHERE v.kind = 'market_price'
    GROUP BY asked.commodity, asked.known_at;

CREATE TEMP TABLE declared_at_market AS
    SELECT
        enterprise, as_of,
        sum(declared_value) AS asked, sum(first_quantity * price // 1000) AS paid
    FROM standing_declaration AS d
    JOIN price_of_then ON price_of_then.commodity = d.hs_code
        AND price_of_then.known_at = d.known_at
    WHERE kind = 'declared' AND occurred_at > as_of - days(365)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE sold_at_market AS
    WITH sale AS (
        SELECT
            enterprise, as_of, sale.price AS asked,
            quantity * market.price // 1000 AS paid,
            occurred_at > as_of - days(90) AS late
        FROM standing_sale AS sale
        JOIN lots ON lots.lot = sale.cargo_code
        JOIN price_of_then AS market
            ON market.commodity = lots.commodity AND market.known_at = sale.known_at
        WHERE sale.kind = 'transferred' AND occurred_at > as_of - days(365)
    )
    SELECT
        enterprise, as_of,
        sum(asked) AS asked_365d, sum(paid) AS paid_365d,
        sum(asked) FILTER (WHERE late) AS asked_90d, sum(paid) FILTER (WHERE late) AS paid_90d
    FROM sale GROUP BY enterprise, as_of;

-- ------------------------------------------------------------------------------------- cargo value

CREATE TEMP TABLE declared_in_year AS
    WITH declared AS (
        SELECT
            enterprise, as_of, occurred_at, coalesce(declared_value, 0) AS declared_value,
            CASE
                WHEN occurred_at > as_of - days(91) THEN 1
                WHEN occurred_at > as_of - days(182) THEN 2
                WHEN occurred_at > as_of - days(273) THEN 3
                ELSE 4
            END AS quarter
        FROM standing_declaration
        WHERE kind = 'declared' AND occurred_at > as_of - days(365)
    ),
    in_quarter AS (
        SELECT
            enterprise, as_of,
            sum(declared_value) AS quarter_sum,
            max(declared_value) AS largest,
            max(occurred_at) AS last_at
        FROM declared GROUP BY enterprise, as_of, quarter
    )
    SELECT
        enterprise, as_of,
        max(quarter_sum) AS peak, max(largest) AS largest, max(last_at) AS last_at
    FROM in_quarter GROUP BY enterprise, as_of;

CREATE TEMP TABLE cargo_value AS
    SELECT
        point.enterprise, point.as_of,
        sum_90d AS declared_value_sum_90d,
        sum_365d AS declared_value_sum_365d,
        ratio(sum_90d * 365, sum_365d * 90) AS declared_value_pace_90d_365d,
        now.worth AS stock_value_now,
        ratio(now.worth, ago.worth) - 1 AS stock_value_change_90d,
        ratio(now.worth, year_ago.worth) - 1 AS stock_value_change_365d,
        ratio(asked, paid) AS declared_unit_price_to_market_365d,
        (point.as_of - last_at) // days(1) AS days_since_declaration,
        ratio(peak, sum_365d) AS declared_peak_share_365d,
        ratio(largest, sum_365d) AS declared_value_max_share_365d
    FROM point
    JOIN declared USING (enterprise, as_of)
    LEFT JOIN declared_in_year USING (enterprise, as_of)
    LEFT JOIN declared_at_market USING (enterprise, as_of)
    JOIN stock_worth AS now USING (enterprise, as_of)
    JOIN stock_worth AS ago
        ON ago.enterprise = point.enterprise AND ago.as_of = point.as_of - days(90)
    JOIN stock_worth AS year_ago
        ON year_ago.enterprise = point.enterprise AND year_ago.as_of = point.as_of - days(365);

-- ---------------------------------------------------------------------------------------- turnover

CREATE TEMP TABLE dormant AS
    SELECT enterprise, as_of, coalesce(sum(worth), 0) AS worth
    FROM point LEFT JOIN (
        SELECT * FROM lot_worth
        WHERE NOT EXISTS (
            SELECT 1 FROM standing_custody AS moved
            WHERE moved.enterprise = lot_worth.enterprise AND moved.as_of = lot_worth.as_of
                AND moved.cargo_code = lot_worth.lot
                AND moved.kind IN ('received', 'moved', 'released')
                AND moved.occurred_at > moved.as_of - days(90)
        )
    ) USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE stock_age AS
    WITH came AS (
        SELECT enterprise, as_of, lot, max(occurred_at) AS last_at
        FROM (
            SELECT enterprise, as_of, cargo_code AS lot, occurred_at
            FROM standing_custody WHERE kind = 'received'
            UNION ALL
            SELECT enterprise, as_of, cargo_code, occurred_at
            FROM standing_purchase WHERE kind = 'transferred' AND in_storage = 'yes'
        )
        GROUP BY enterprise, as_of, lot
    )
    SELECT
        enterprise, as_of,
        sum(quantity * ((as_of - last_at) // days(1))) AS aged, sum(quantity) AS quantity
    FROM stock JOIN came USING (enterprise, as_of, lot)
    WHERE quantity > 0
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE last_sale AS
    SELECT enterprise, as_of, max(occurred_at) AS sold_at
    FROM standing_sale WHERE kind = 'transferred' AND occurred_at > as_of - days(365)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE turnover AS
    SELECT
        point.enterprise, point.as_of,
        ratio(2 * sold.price_90d, now.worth + ago.worth) AS turnover_90d,
        sold.price_365d AS outbound_value_sum_365d,
        capped(90 * now.quantity, sold.quantity_90d, 3650) AS days_of_stock_90d,
        ratio(dormant.worth, now.worth) AS dormant_stock_share_90d,
        ratio(2 * sold.price_365d, now.worth + year_ago.worth) AS turnover_365d,
        ratio(sold.price_90d * 365, sold.price_365d * 90) AS outbound_pace_90d_365d,
        ratio(stock_age.aged, stock_age.quantity) AS stock_age_mean_now,
        (point.as_of - sold_at) // days(1) AS days_since_sale,
        ratio(sold.price_365d, declared.sum_365d) AS outbound_to_declared_365d,
        ratio(asked_90d, paid_90d) AS sale_price_to_market_90d,
        ratio(asked_365d, paid_365d) AS sale_price_to_market_365d
    FROM point
    JOIN sold USING (enterprise, as_of)
    JOIN declared USING (enterprise, as_of)
    JOIN dormant USING (enterprise, as_of)
    LEFT JOIN stock_age USING (enterprise, as_of)
    LEFT JOIN last_sale USING (enterprise, as_of)
    LEFT JOIN sold_at_market USING (enterprise, as_of)
    JOIN stock_worth AS now USING (enterprise, as_of)
    JOIN stock_worth AS ago
        ON ago.enterprise = point.enterprise AND ago.as_of = point.as_of - days(90)
    JOIN stock_worth AS year_ago
        ON year_ago.enterprise = point.enterprise AND year_ago.as_of = point.as_of - days(365);

-- ------------------------------------------------------------------------------------------ answer

SELECT *
FROM cargo_value
JOIN turnover USING (enterprise, as_of);
