-- Twenty features in one query of DuckDB, written for speed. It reads the messages as reported and
-- spine(enterprise, as_of). A day is 86,400,000,000 microseconds.
WITH point AS (SELECT enterprise, as_of FROM spine),

declared AS (
    SELECT
        enterprise, as_of,
        sum(declared_value) AS sum_365d,
        sum(declared_value) FILTER (WHERE occurred_at > as_of - 90 * 86400000000) AS sum_90d,
        max(declared_value) AS largest,
        max(occurred_at) AS last_at
    FROM point JOIN declaration ON enterprise_id = enterprise
        AND known_at <= as_of AND (reversed_at IS NULL OR reversed_at > as_of)
        AND occurred_at > as_of - 365 * 86400000000
    WHERE kind = 'declared'
    GROUP BY ALL
),

sold_to AS (
    SELECT
        enterprise, as_of, buyer,
        sum(price) AS sum_365d,
        sum(price) FILTER (WHERE occurred_at > as_of - 90 * 86400000000) AS sum_90d,
        max(occurred_at) AS last_at
    FROM point JOIN title ON enterprise_id = enterprise
        AND known_at <= as_of AND (reversed_at IS NULL OR reversed_at > as_of)
        AND occurred_at > as_of - 365 * 86400000000
    WHERE kind = 'transferred'
    GROUP BY ALL
),

sold AS (
    SELECT
        enterprise, as_of,
        sum(sum_365d) AS sum_365d, sum(sum_90d) AS sum_90d, max(sum_365d) AS largest,
        max(last_at) AS last_at
    FROM sold_to GROUP BY ALL
),

paid AS (
    SELECT
        enterprise, as_of,
        sum(greatest((occurred_at - due_at) // 86400000000, 0)) AS late, count(*) AS payments
    FROM point JOIN title ON enterprise_id = enterprise
        AND known_at <= as_of AND (reversed_at IS NULL OR reversed_at > as_of)
        AND occurred_at > as_of - 365 * 86400000000
    WHERE kind = 'paid'
    GROUP BY ALL
),

kept AS (
    SELECT
        enterprise, as_of,
        count(*) FILTER (WHERE kind = 'exception') AS exceptions_365d,
        count(*) FILTER (
            WHERE kind = 'exception' AND occurred_at > as_of - 90 * 86400000000
        ) AS exceptions_90d,
        count(*) FILTER (WHERE kind = 'counted') AS counts_365d,
        count(*) FILTER (
            WHERE kind = 'counted' AND occurred_at > as_of - 90 * 86400000000
        ) AS counts_90d,
        sum(short_quantity) FILTER (
            WHERE kind = 'exception' AND exception = 'count_mismatch'
        ) AS short,
        sum(quantity) FILTER (WHERE kind = 'received') AS received,
        max(occurred_at) FILTER (WHERE kind = 'counted') AS counted_at
    FROM point JOIN custody ON enterprise_id = enterprise
        AND known_at <= as_of AND (reversed_at IS NULL OR reversed_at > as_of)
        AND occurred_at > as_of - 365 * 86400000000
    WHERE kind IN ('exception', 'counted', 'received')
    GROUP BY ALL
),

moment AS (
    SELECT enterprise, as_of, as_of AS t FROM point
    UNION ALL
    SELECT enterprise, as_of, as_of - 90 * 86400000000 FROM point
),

flow AS (
    SELECT
        enterprise, as_of, t, cargo_code AS lot,
        CASE kind WHEN 'received' THEN quantity ELSE -quantity END AS quantity
    FROM moment JOIN custody ON enterprise_id = enterprise
        AND known_at <= t AND (reversed_at IS NULL OR reversed_at > t)
    WHERE kind IN ('received', 'released')
    UNION ALL
    SELECT enterprise, as_of, t, cargo_code, quantity
    FROM moment JOIN title ON buyer = enterprise
        AND known_at <= t AND (reversed_at IS NULL OR reversed_at > t)
    WHERE kind = 'transferred' AND in_storage = 'yes'
    UNION ALL
    SELECT enterprise, as_of, t, cargo_code, -quantity
    FROM moment JOIN title ON enterprise_id = enterprise
        AND known_at <= t AND (reversed_at IS NULL OR reversed_at > t)
    WHERE kind = 'transferred' AND in_storage = 'yes'
),

stock AS (
    SELECT enterprise, as_of, t, lot, sum(quantity) AS quantity
    FROM flow GROUP BY ALL HAVING sum(quantity) > 0
),

price AS (
    SELECT lot, t, last(unit_price ORDER BY occurred_at, position) AS price
    FROM (SELECT DISTINCT lot, t FROM stock) JOIN valuation ON cargo_code = lot
        AND known_at <= t AND (reversed_at IS NULL OR reversed_at > t)
    WHERE kind = 'appraisal'
    GROUP BY ALL
),

worth AS (
    SELECT
        enterprise, as_of,
        sum(quantity * price // 1000) FILTER (WHERE t = as_of) AS now,
        sum(quantity * price // 1000) FILTER (WHERE t < as_of) AS ago
    FROM stock JOIN price USING (lot, t) GROUP BY ALL
),

pledged AS (
    SELECT enterprise, as_of, sum(amount) AS amount
    FROM (
        SELECT
            enterprise, as_of, receipt,
            greatest(sum(CASE kind WHEN 'registered' THEN amount ELSE -amount END), 0) AS amount
        FROM point JOIN pledge ON enterprise_id = enterprise
            AND known_at <= as_of AND (reversed_at IS NULL OR reversed_at > as_of)
        WHERE kind IN ('registered', 'released', 'enforced')
        GROUP BY ALL
    )
    GROUP BY ALL
),

lent_on AS (
    SELECT
        enterprise, as_of, facility,
        greatest(coalesce(sum(
            CASE kind WHEN 'drawn' THEN amount WHEN 'instalment_paid' THEN -amount END
        ), 0), 0) AS drawn,
        greatest(coalesce(sum(
            CASE kind WHEN 'facility' THEN amount WHEN 'closed' THEN -amount END
        ), 0), 0) AS granted,
        last(days_past_due ORDER BY occurred_at, position) FILTER (
            WHERE kind = 'days_past_due' AND occurred_at > as_of - 62 * 86400000000
        ) AS days_past_due
    FROM point JOIN financing ON enterprise_id = enterprise
        AND known_at <= as_of AND (reversed_at IS NULL OR reversed_at > as_of)
    GROUP BY ALL
),

lent AS (
    SELECT
        enterprise, as_of,
        sum(drawn) AS drawn, sum(granted) AS granted,
        coalesce(max(days_past_due), 0) AS days_past_due
    FROM lent_on GROUP BY ALL
),

registered AS (
    SELECT
        enterprise, as_of,
        last(customs_credit_grade ORDER BY occurred_at, position) AS grade
    FROM point JOIN enterprise AS registry ON registry.enterprise_id = point.enterprise
        AND known_at <= as_of AND (reversed_at IS NULL OR reversed_at > as_of)
    WHERE kind = 'registration'
    GROUP BY ALL
)

SELECT
    point.enterprise, point.as_of,
    coalesce(declared.sum_90d, 0) AS declared_value_sum_90d,
    coalesce(declared.sum_365d, 0) AS declared_value_sum_365d,
    coalesce(declared.sum_90d, 0) * 365 / nullif(declared.sum_365d * 90, 0)
        AS declared_value_pace_90d_365d,
    declared.largest / nullif(declared.sum_365d, 0) AS declared_value_max_share_365d,
    (point.as_of - declared.last_at) // 86400000000 AS days_since_declaration,
    coalesce(sold.sum_365d, 0) AS outbound_value_sum_365d,
    coalesce(sold.sum_90d, 0) * 365 / nullif(sold.sum_365d * 90, 0) AS outbound_pace_90d_365d,
    (point.as_of - sold.last_at) // 86400000000 AS days_since_sale,
    sold.largest / nullif(sold.sum_365d, 0) AS counterparty_top_share_365d,
    paid.late / paid.payments AS payment_lateness_mean_365d,
    exceptions_90d / nullif(counts_90d, 0) AS custody_exception_rate_90d,
    exceptions_365d / nullif(counts_365d, 0) AS custody_exception_rate_365d,
    coalesce(short, 0) / nullif(received, 0) AS quantity_short_share_365d,
    (point.as_of - counted_at) // 86400000000 AS days_since_count,
    coalesce(worth.now, 0) AS stock_value_now,
    coalesce(worth.now, 0) / nullif(worth.ago, 0) - 1 AS stock_value_change_90d,
    coalesce(pledged.amount, 0) AS pledged_amount_now,
    lent.days_past_due AS days_past_due_now,
    lent.drawn / nullif(lent.granted, 0) AS utilisation_now,
    CASE registered.grade WHEN 'advanced' THEN 0 WHEN 'registered' THEN 1 WHEN 'dishonest' THEN 2
    END AS customs_credit_grade_now
FROM point
LEFT JOIN declared USING (enterprise, as_of)
LEFT JOIN sold USING (enterprise, as_of)
LEFT JOIN paid USING (enterprise, as_of)
LEFT JOIN kept USING (enterprise, as_of)
LEFT JOIN worth USING (enterprise, as_of)
LEFT JOIN pledged USING (enterprise, as_of)
LEFT JOIN lent USING (enterprise, as_of)
LEFT JOIN registered USING (enterprise, as_of)
