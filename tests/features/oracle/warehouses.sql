-- ------------------------------------------- what warehouses report of all their clients by midnight

CREATE TEMP TABLE reported AS
    SELECT
        midnight.night, f.warehouse, f.enterprise_id AS client,
        f.kind, f.exception, f.quantity, f.short_quantity
    FROM (SELECT DISTINCT last_midnight(as_of) AS night FROM point) AS midnight
    JOIN custody AS f
        ON stands(f.known_at, f.reversed_at, midnight.night)
        AND f.occurred_at > midnight.night - days(365);

CREATE TEMP TABLE house AS
    WITH house_year AS (
        SELECT
            night, warehouse,
            count(DISTINCT client) FILTER (WHERE kind = 'counted') AS clients,
            count(*) FILTER (WHERE kind = 'exception') AS exceptions,
            count(*) FILTER (WHERE kind = 'counted') AS counts,
            coalesce(sum(short_quantity) FILTER (
                WHERE kind = 'exception' AND exception = 'count_mismatch'
            ), 0) AS short,
            coalesce(sum(quantity) FILTER (WHERE kind = 'counted'), 0) AS quantity
        FROM reported GROUP BY night, warehouse
    )
    SELECT
        night, warehouse,
        CASE WHEN counts > 0 THEN exceptions * 1000000 // counts END AS exception_rate,
        CASE WHEN quantity > 0 THEN short * 1000000 // quantity END AS short_rate
    FROM house_year WHERE clients >= 6;

CREATE TEMP TABLE own AS
    SELECT
        enterprise, as_of, warehouse,
        count(*) FILTER (WHERE kind = 'counted') AS counts,
        count(*) FILTER (WHERE kind = 'exception') AS exceptions
    FROM standing_custody
    WHERE occurred_at > as_of - days(365)
    GROUP BY enterprise, as_of, warehouse;

-- ------------------------------------------------------------------------------------------ answer

WITH own_house AS (
    SELECT own.*, house.exception_rate, house.short_rate
    FROM own
    JOIN house ON house.warehouse = own.warehouse AND house.night = last_midnight(own.as_of)
    WHERE counts > 0
)
SELECT
    enterprise, as_of,
    ratio(sum(counts * exception_rate), 1000000 * sum(counts) FILTER (
        WHERE exception_rate IS NOT NULL
    )) AS warehouse_exception_rate_365d,
    ratio(sum(counts * short_rate), 1000000 * sum(counts) FILTER (
        WHERE short_rate IS NOT NULL
    )) AS warehouse_short_share_365d,
    ratio(1000000 * sum(exceptions) FILTER (WHERE exception_rate IS NOT NULL),
        sum(counts * exception_rate)) AS exceptions_to_warehouse_rate_365d
FROM point LEFT JOIN own_house USING (enterprise, as_of)
GROUP BY enterprise, as_of;
