-- -------------------------------------------------------------------------------------- cargo value

CREATE TEMP TABLE cargo_value AS
    SELECT
        point.enterprise, point.as_of,
        sum_90d AS declared_value_sum_90d,
        sum_365d AS declared_value_sum_365d,
        ratio(sum_90d * 365, sum_365d * 90) AS declared_value_pace_90d_365d,
        now.worth AS stock_value_now,
        ratio(now.worth, ago.worth) - 1 AS stock_value_change_90d
    FROM point
    JOIN declared USING (enterprise, as_of)
    JOIN stock_worth AS now USING (enterprise, as_of)
    JOIN stock_worth AS ago
        ON ago.enterprise = point.enterprise AND ago.as_of = point.as_of - days(90);

-- ----------------------------------------------------------------------------------------- turnover

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

CREATE TEMP TABLE turnover AS
    SELECT
        point.enterprise, point.as_of,
        ratio(2 * sold.price_90d, now.worth + ago.worth) AS turnover_90d,
        sold.price_365d AS outbound_value_sum_365d,
        capped(90 * now.quantity, sold.quantity_90d, 3650) AS days_of_stock_90d,
        ratio(dormant.worth, now.worth) AS dormant_stock_share_90d
    FROM point
    JOIN sold USING (enterprise, as_of)
    JOIN dormant USING (enterprise, as_of)
    JOIN stock_worth AS now USING (enterprise, as_of)
    JOIN stock_worth AS ago
        ON ago.enterprise = point.enterprise AND ago.as_of = point.as_of - days(90);

-- ------------------------------------------------------------------------------------------- answer

SELECT *
FROM cargo_value
JOIN turnover USING (enterprise, as_of);
