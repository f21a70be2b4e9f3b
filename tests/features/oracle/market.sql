-- ------------------------------------------------------------------------------------------- market

CREATE TEMP TABLE market AS
    WITH basket AS (
        SELECT
            point.enterprise, point.as_of,
            sum(stock.quantity * now.price // 1000) AS worth_now,
            sum(stock.quantity * ago.price // 1000) AS worth_ago
        FROM point
        JOIN stock USING (enterprise, as_of)
        JOIN lots ON lots.lot = stock.lot
        JOIN market_price AS now
            ON now.commodity = lots.commodity AND now.as_of = point.as_of
        JOIN market_price AS ago
            ON ago.commodity = lots.commodity AND ago.as_of = point.as_of - days(90)
        GROUP BY point.enterprise, point.as_of
    )
    SELECT enterprise, as_of, ratio(worth_now, worth_ago) - 1 AS basket_return_90d
    FROM point LEFT JOIN basket USING (enterprise, as_of);

-- ----------------------------------------------------------------------------------------- standing

-- Only whom a message names as its enterprise_id, valuations aside; reversed or not.
CREATE TEMP TABLE known AS
    SELECT enterprise_id AS enterprise, known_at FROM enterprise
    UNION ALL SELECT enterprise_id, known_at FROM declaration
    UNION ALL SELECT enterprise_id, known_at FROM document
    UNION ALL SELECT enterprise_id, known_at FROM custody
    UNION ALL SELECT enterprise_id, known_at FROM title
    UNION ALL SELECT enterprise_id, known_at FROM pledge
    UNION ALL SELECT enterprise_id, known_at FROM financing
    UNION ALL SELECT enterprise_id, known_at FROM outcome;

CREATE TEMP TABLE core_link AS
    SELECT enterprise, as_of, last(core_rating ORDER BY occurred_at, position) AS core_rating
    FROM standing_enterprise WHERE kind IN ('core_link', 'core_link_ended')
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE standing AS
    SELECT
        point.enterprise, point.as_of,
        (point.as_of - min(known_at)) // days(30) AS months_on_record,
        any_value(core_rating) AS core_enterprise_rating_now
    FROM point
    LEFT JOIN known ON known.enterprise = point.enterprise AND known.known_at <= point.as_of
    LEFT JOIN core_link
        ON core_link.enterprise = point.enterprise AND core_link.as_of = point.as_of
    GROUP BY point.enterprise, point.as_of;

-- ------------------------------------------------------------------------------------------- answer

SELECT *
FROM market
JOIN standing USING (enterprise, as_of);
