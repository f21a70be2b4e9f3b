-- The features restated in plain SQL from the words of docs/features.md.
-- It shares nothing with the engine: it judges it.
--
-- Reads one table a stream, holding the messages as reported: integers, enumerated columns as
-- their text, NULL where a field is left out, reversed_at NULL where nobody has reversed; besides
-- them lots(lot, commodity) and spine(row, enterprise, as_of).
-- This file is read first and lays what several families need. Every other file of the folder
-- ends in a query with one row per point (enterprise, as_of): these two, then one column a
-- feature, NULL where the feature is missing. No file but this one leans on another.
-- Sums are BIGINT or HUGEINT and exact; `//` divides non-negative integers, rounding down.

CREATE MACRO days(n) AS n * 86400000000;

CREATE MACRO stands(known_at, reversed_at, t) AS
    known_at <= t AND (reversed_at IS NULL OR reversed_at > t);

CREATE MACRO last_midnight(t) AS (t + 28800000000) // days(1) * days(1) - 28800000000;

CREATE MACRO ratio(numerator, denominator) AS
    CASE WHEN denominator <> 0 THEN numerator::DOUBLE / denominator::DOUBLE END;

-- A ratio with a cap: 0 where the numerator is 0, the cap where only the denominator is.
CREATE MACRO capped(numerator, denominator, cap) AS
    CASE
        WHEN numerator = 0 THEN 0
        WHEN denominator = 0 THEN cap
        ELSE least(numerator::DOUBLE / denominator::DOUBLE, cap)
    END;

-- -------------------------------------------------------------------- points and what stands there

CREATE TEMP TABLE point AS SELECT DISTINCT enterprise, as_of FROM spine;

-- Whose state is read and when: the enterprise now, 90 and 365 days ago, and at the port's last
-- midnight everyone to whom it ever sold, whom the registry ever named beside it, or whom the
-- registry knows.
CREATE TEMP TABLE moment AS
    SELECT enterprise, as_of FROM point
    UNION
    SELECT enterprise, as_of - days(90) FROM point
    UNION
    SELECT enterprise, as_of - days(365) FROM point
    UNION
    SELECT title.buyer, last_midnight(as_of) FROM point JOIN title ON enterprise_id = enterprise
    UNION
    SELECT beside.party, last_midnight(as_of)
    FROM point JOIN enterprise AS beside ON beside.enterprise_id = point.enterprise
    WHERE beside.party IS NOT NULL
    UNION
    SELECT registered.enterprise_id, midnight.as_of
    FROM (SELECT DISTINCT enterprise_id FROM enterprise) AS registered
    CROSS JOIN (SELECT DISTINCT last_midnight(as_of) AS as_of FROM point) AS midnight;

CREATE TEMP TABLE standing_enterprise AS
    SELECT m.enterprise, m.as_of, f.* EXCLUDE (enterprise_id)
    FROM moment AS m JOIN enterprise AS f ON f.enterprise_id = m.enterprise
    WHERE stands(f.known_at, f.reversed_at, m.as_of);

CREATE TEMP TABLE standing_declaration AS
    SELECT m.enterprise, m.as_of, f.* EXCLUDE (enterprise_id)
    FROM moment AS m JOIN declaration AS f ON f.enterprise_id = m.enterprise
    WHERE stands(f.known_at, f.reversed_at, m.as_of);

CREATE TEMP TABLE standing_document AS
    SELECT m.enterprise, m.as_of, f.* EXCLUDE (enterprise_id)
    FROM moment AS m JOIN document AS f ON f.enterprise_id = m.enterprise
    WHERE stands(f.known_at, f.reversed_at, m.as_of);

CREATE TEMP TABLE standing_custody AS
    SELECT m.enterprise, m.as_of, f.* EXCLUDE (enterprise_id)
    FROM moment AS m JOIN custody AS f ON f.enterprise_id = m.enterprise
    WHERE stands(f.known_at, f.reversed_at, m.as_of);

CREATE TEMP TABLE standing_sale AS
    SELECT m.enterprise, m.as_of, f.* EXCLUDE (enterprise_id)
    FROM moment AS m JOIN title AS f ON f.enterprise_id = m.enterprise
    WHERE stands(f.known_at, f.reversed_at, m.as_of);

CREATE TEMP TABLE standing_purchase AS
    SELECT m.enterprise, m.as_of, f.enterprise_id AS seller, f.* EXCLUDE (enterprise_id)
    FROM moment AS m JOIN title AS f ON f.buyer = m.enterprise
    WHERE stands(f.known_at, f.reversed_at, m.as_of);

CREATE TEMP TABLE standing_pledge AS
    SELECT m.enterprise, m.as_of, f.* EXCLUDE (enterprise_id)
    FROM moment AS m JOIN pledge AS f ON f.enterprise_id = m.enterprise
    WHERE stands(f.known_at, f.reversed_at, m.as_of);

CREATE TEMP TABLE standing_financing AS
    SELECT m.enterprise, m.as_of, f.* EXCLUDE (enterprise_id)
    FROM moment AS m JOIN financing AS f ON f.enterprise_id = m.enterprise
    WHERE stands(f.known_at, f.reversed_at, m.as_of);

CREATE TEMP TABLE standing_outcome AS
    SELECT m.enterprise, m.as_of, f.* EXCLUDE (enterprise_id)
    FROM moment AS m JOIN outcome AS f ON f.enterprise_id = m.enterprise
    WHERE stands(f.known_at, f.reversed_at, m.as_of);

-- ---------------------------------------------------------------------- stock and what it is worth

CREATE TEMP TABLE stock AS
    WITH flow AS (
        SELECT enterprise, as_of, cargo_code AS lot, quantity
        FROM standing_custody WHERE kind = 'received'
        UNION ALL
        SELECT enterprise, as_of, cargo_code, quantity
        FROM standing_purchase WHERE kind = 'transferred' AND in_storage = 'yes'
        UNION ALL
        SELECT enterprise, as_of, cargo_code, -quantity
        FROM standing_custody WHERE kind = 'released'
        UNION ALL
        SELECT enterprise, as_of, cargo_code, -quantity
        FROM standing_sale WHERE kind = 'transferred' AND in_storage = 'yes'
    )
    SELECT enterprise, as_of, lot, greatest(sum(quantity), 0) AS quantity
    FROM flow GROUP BY enterprise, as_of, lot;

-- Anyone's valuation of the lot: it concerns everyone who ever held it.
CREATE TEMP TABLE lot_price AS
    SELECT s.lot, s.as_of, last(v.unit_price ORDER BY v.occurred_at, v.position) AS price
    FROM (SELECT DISTINCT lot, as_of FROM stock) AS s JOIN valuation AS v ON v.cargo_code = s.lot
    WHERE v.kind = 'appraisal' AND stands(v.known_at, v.reversed_at, s.as_of)
    GROUP BY s.lot, s.as_of;

CREATE TEMP TABLE lot_worth AS
    SELECT enterprise, as_of, lot, quantity, quantity * coalesce(price, 0) // 1000 AS worth
    FROM stock LEFT JOIN lot_price USING (lot, as_of);

CREATE TEMP TABLE stock_worth AS
    SELECT
        enterprise, as_of,
        coalesce(sum(quantity), 0) AS quantity,
        coalesce(sum(worth), 0) AS worth
    FROM moment LEFT JOIN lot_worth USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

-- ----------------------------------------------------- what it declared, sold and is registered as

CREATE TEMP TABLE declared AS
    SELECT
        enterprise, as_of,
        coalesce(sum(declared_value) FILTER (WHERE occurred_at > as_of - days(90)), 0) AS sum_90d,
        coalesce(sum(declared_value) FILTER (WHERE occurred_at > as_of - days(365)), 0) AS sum_365d
    FROM point
    LEFT JOIN (FROM standing_declaration WHERE kind = 'declared') USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE sold AS
    SELECT
        enterprise, as_of,
        coalesce(sum(price) FILTER (WHERE occurred_at > as_of - days(90)), 0) AS price_90d,
        coalesce(sum(quantity) FILTER (WHERE occurred_at > as_of - days(90)), 0) AS quantity_90d,
        coalesce(sum(price) FILTER (WHERE occurred_at > as_of - days(365)), 0) AS price_365d
    FROM point LEFT JOIN (FROM standing_sale WHERE kind = 'transferred') USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE sold_to AS
    SELECT enterprise, as_of, buyer, sum(price) AS price
    FROM standing_sale WHERE kind = 'transferred' AND occurred_at > as_of - days(365)
    GROUP BY enterprise, as_of, buyer;

CREATE TEMP TABLE registration AS
    SELECT
        enterprise, as_of,
        last(customs_credit_grade ORDER BY occurred_at, position) AS customs_credit_grade,
        last(registered_capital ORDER BY occurred_at, position) AS registered_capital
    FROM standing_enterprise WHERE kind = 'registration'
    GROUP BY enterprise, as_of;

-- ------------------------------------------------------------------------------ who is in distress

-- Of everyone whose state is read, thus of buyers too.
CREATE TEMP TABLE past_due AS
    WITH last_report AS (
        SELECT
            enterprise, as_of,
            last(days_past_due ORDER BY occurred_at, position) AS days_past_due
        FROM standing_financing
        WHERE kind = 'days_past_due' AND occurred_at > as_of - days(62)
        GROUP BY enterprise, as_of, facility
    )
    SELECT enterprise, as_of, coalesce(max(days_past_due), 0) AS days
    FROM moment LEFT JOIN last_report USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE default_in_force AS
    SELECT
        enterprise, as_of,
        (
            coalesce(last(kind ORDER BY occurred_at, position) = 'default', false)
            OR count(*) FILTER (WHERE kind = 'cure' AND occurred_at > as_of - days(365)) > 0
        )::INTEGER AS flag
    FROM moment LEFT JOIN (
        FROM standing_outcome WHERE kind IN ('default', 'cure')
    ) USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

-- ---------------------------------------------------------------------------- what the market pays

CREATE TEMP TABLE market_price AS
    SELECT
        m.as_of, v.hs_code AS commodity,
        last(v.unit_price ORDER BY v.occurred_at, v.position) AS price
    FROM (SELECT DISTINCT as_of FROM moment) AS m
    JOIN valuation AS v ON stands(v.known_at, v.reversed_at, m.as_of)
    WHERE v.kind = 'market_price'
    GROUP BY m.as_of, v.hs_code;
