-- ------------------------------------------------------------------------------------------ market

-- What the goods of now cost then: how many days ago, by lot.
CREATE TEMP TABLE goods_then AS
    WITH ago AS (
        SELECT DISTINCT unnest([0, 90, 365] || range(0, 92, 7) || range(0, 361, 30)) AS ago
    ),
    asked AS (
        SELECT as_of, ago, as_of - days(ago) AS at
        FROM (SELECT DISTINCT as_of FROM point) CROSS JOIN ago
    ),
    price_then AS (
        SELECT
            asked.as_of, asked.ago, v.hs_code AS commodity,
            last(v.unit_price ORDER BY v.occurred_at, v.position) AS price
        FROM asked JOIN valuation AS v ON stands(v.known_at, v.reversed_at, asked.at)
        WHERE v.kind = 'market_price'
        GROUP BY asked.as_of, asked.ago, v.hs_code
    )
    SELECT enterprise, as_of, lot, ago, quantity * price // 1000 AS worth
    FROM point
    JOIN stock USING (enterprise, as_of)
    JOIN lots USING (lot)
    JOIN price_then USING (as_of, commodity);

CREATE TEMP TABLE basket_return AS
    SELECT
        enterprise, as_of,
        sum(now.worth) FILTER (WHERE before.ago = 90) AS now_90d,
        sum(before.worth) FILTER (WHERE before.ago = 90) AS then_90d,
        sum(now.worth) FILTER (WHERE before.ago = 365) AS now_365d,
        sum(before.worth) FILTER (WHERE before.ago = 365) AS then_365d
    FROM (FROM goods_then WHERE ago = 0) AS now
    JOIN goods_then AS before USING (enterprise, as_of, lot)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE weekly AS
    WITH whole AS (
        FROM goods_then WHERE ago % 7 = 0 AND ago <= 91
        QUALIFY count(*) OVER (PARTITION BY enterprise, as_of, lot) = 14
    ),
    basket AS (
        SELECT enterprise, as_of, ago, sum(worth) AS worth
        FROM whole GROUP BY enterprise, as_of, ago
    ),
    step AS (
        SELECT
            later.enterprise, later.as_of,
            least(later.worth, earlier.worth) AS least_worth,
            ratio(later.worth, earlier.worth) - 1 AS r
        FROM basket AS later JOIN basket AS earlier
            ON earlier.enterprise = later.enterprise AND earlier.as_of = later.as_of
            AND earlier.ago = later.ago + 7
    )
    SELECT
        enterprise, as_of,
        CASE WHEN min(least_worth) > 0 THEN sqrt(sum(r * r ORDER BY r * r) / 13) END AS volatility
    FROM step GROUP BY enterprise, as_of;

CREATE TEMP TABLE monthly AS
    WITH whole AS (
        FROM goods_then WHERE ago % 30 = 0 AND ago <= 360
        QUALIFY count(*) OVER (PARTITION BY enterprise, as_of, lot) = 13
    ),
    basket AS (
        SELECT enterprise, as_of, ago, sum(worth) AS worth
        FROM whole GROUP BY enterprise, as_of, ago
    )
    SELECT
        enterprise, as_of,
        1 - ratio(any_value(worth) FILTER (WHERE ago = 0), max(worth)) AS drawdown
    FROM basket GROUP BY enterprise, as_of;

CREATE TEMP TABLE market AS
    SELECT
        enterprise, as_of,
        ratio(now_90d, then_90d) - 1 AS basket_return_90d,
        ratio(now_365d, then_365d) - 1 AS basket_return_365d,
        volatility AS basket_volatility_90d,
        drawdown AS basket_drawdown_365d
    FROM point
    LEFT JOIN basket_return USING (enterprise, as_of)
    LEFT JOIN weekly USING (enterprise, as_of)
    LEFT JOIN monthly USING (enterprise, as_of);

-- ---------------------------------------------------------------------------------------- standing

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

CREATE TEMP TABLE speaking AS
    WITH stood AS (
        SELECT enterprise, as_of, occurred_at, 'enterprise' AS stream FROM standing_enterprise
        UNION ALL
        SELECT enterprise, as_of, occurred_at, 'declaration' FROM standing_declaration
        UNION ALL
        SELECT enterprise, as_of, occurred_at, 'document' FROM standing_document
        UNION ALL
        SELECT enterprise, as_of, occurred_at, 'custody' FROM standing_custody
        UNION ALL
        SELECT enterprise, as_of, occurred_at, 'title' FROM standing_sale
        UNION ALL
        SELECT enterprise, as_of, occurred_at, 'pledge' FROM standing_pledge
        UNION ALL
        SELECT enterprise, as_of, occurred_at, 'financing' FROM standing_financing
        UNION ALL
        SELECT enterprise, as_of, occurred_at, 'outcome' FROM standing_outcome
    )
    SELECT enterprise, as_of, count(DISTINCT stream) AS streams
    FROM point LEFT JOIN (
        FROM stood WHERE occurred_at > as_of - days(365)
    ) USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE dishonest AS
    SELECT DISTINCT enterprise, as_of FROM standing_outcome WHERE kind = 'dishonest_debtor';

CREATE TEMP TABLE registered AS
    SELECT
        enterprise, as_of,
        strftime(make_timestamp(as_of + 28800000000), '%Y%m%d')::BIGINT AS today,
        last(established_on ORDER BY occurred_at, position) AS established_on,
        last(size_class ORDER BY occurred_at, position) AS size_class
    FROM standing_enterprise WHERE kind = 'registration'
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE on_record AS
    SELECT
        point.enterprise, point.as_of,
        (point.as_of - min(known_at)) // days(30) AS months_on_record,
        any_value(core_rating) AS core_enterprise_rating_now
    FROM point
    LEFT JOIN known ON known.enterprise = point.enterprise AND known.known_at <= point.as_of
    LEFT JOIN core_link
        ON core_link.enterprise = point.enterprise AND core_link.as_of = point.as_of
    GROUP BY point.enterprise, point.as_of;

CREATE TEMP TABLE standing AS
    SELECT
        enterprise, as_of,
        months_on_record, core_enterprise_rating_now,
        CASE WHEN established_on > today THEN 0 ELSE (today - established_on) // 10000 END
            AS established_years_now,
        registration.registered_capital AS registered_capital_now,
        CASE size_class
            WHEN 'large' THEN 0 WHEN 'medium' THEN 1 WHEN 'small' THEN 2 WHEN 'micro' THEN 3
        END AS size_class_now,
        streams AS streams_present_365d,
        (dishonest.enterprise IS NOT NULL)::INTEGER AS dishonest_debtor_ever
    FROM on_record
    JOIN speaking USING (enterprise, as_of)
    LEFT JOIN registration USING (enterprise, as_of)
    LEFT JOIN registered USING (enterprise, as_of)
    LEFT JOIN dishonest USING (enterprise, as_of);

-- ------------------------------------------------------------------------------------------ answer

SELECT *
FROM market
JOIN standing USING (enterprise, as_of);
