-- ------------------------------------------------------------------------------------------ custody

CREATE TEMP TABLE watched AS
    SELECT
        enterprise, as_of,
        count(*) FILTER (WHERE kind = 'exception' AND occurred_at > as_of - days(90))
            AS exceptions_90d,
        count(*) FILTER (WHERE kind = 'counted' AND occurred_at > as_of - days(90)) AS counts_90d,
        count(*) FILTER (WHERE kind = 'exception' AND occurred_at > as_of - days(365))
            AS exceptions_365d,
        count(*) FILTER (WHERE kind = 'counted' AND occurred_at > as_of - days(365))
            AS counts_365d,
        coalesce(sum(short_quantity) FILTER (
            WHERE kind = 'exception' AND exception = 'count_mismatch'
            AND occurred_at > as_of - days(365)
        ), 0) AS short_365d,
        coalesce(sum(quantity) FILTER (
            WHERE kind = 'received' AND occurred_at > as_of - days(365)
        ), 0) AS received_365d,
        max(occurred_at) FILTER (WHERE kind = 'counted' AND occurred_at > as_of - days(365))
            AS last_counted_at
    FROM point LEFT JOIN standing_custody USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE custody_conduct AS
    SELECT
        enterprise, as_of,
        ratio(exceptions_90d, counts_90d) AS custody_exception_rate_90d,
        ratio(exceptions_365d, counts_365d) AS custody_exception_rate_365d,
        ratio(short_365d, received_365d) AS quantity_short_share_365d,
        (as_of - last_counted_at) // days(1) AS days_since_count
    FROM watched;

-- ---------------------------------------------------------------------------------------- documents

CREATE TEMP TABLE insured AS
    SELECT enterprise, as_of, coalesce(sum(worth), 0) AS worth
    FROM point LEFT JOIN (
        SELECT * FROM lot_worth
        WHERE EXISTS (
            SELECT 1 FROM standing_document AS policy
            WHERE policy.enterprise = lot_worth.enterprise AND policy.as_of = lot_worth.as_of
                AND policy.cargo_code = lot_worth.lot AND policy.kind = 'insurance_policy'
                AND (policy.valid_until IS NULL OR policy.valid_until > policy.as_of)
        )
    ) USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE invoiced AS
    SELECT enterprise, as_of, coalesce(sum(amount), 0) AS amount_365d
    FROM point LEFT JOIN (
        FROM standing_document WHERE kind = 'vat_invoice' AND occurred_at > as_of - days(365)
    ) USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE documents AS
    SELECT
        enterprise, as_of,
        ratio(insured.worth, stock_worth.worth) AS insured_stock_share_now,
        ratio(invoiced.amount_365d, declared.sum_365d) AS invoice_to_declared_365d
    FROM point
    JOIN insured USING (enterprise, as_of)
    JOIN stock_worth USING (enterprise, as_of)
    JOIN invoiced USING (enterprise, as_of)
    JOIN declared USING (enterprise, as_of);

-- ---------------------------------------------------------------------------------- customs conduct

CREATE TEMP TABLE inspected AS
    SELECT
        enterprise, as_of,
        count(*) FILTER (WHERE kind = 'inspected' AND inspection = 'detained') AS detained,
        count(*) FILTER (WHERE kind = 'inspected') AS inspected,
        count(*) FILTER (WHERE kind = 'amended') AS amended,
        count(*) FILTER (WHERE kind = 'declared') AS declared
    FROM point LEFT JOIN (
        FROM standing_declaration WHERE occurred_at > as_of - days(365)
    ) USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE customs AS
    SELECT
        enterprise, as_of,
        CASE customs_credit_grade
            WHEN 'advanced' THEN 0 WHEN 'registered' THEN 1 WHEN 'dishonest' THEN 2
        END AS customs_credit_grade_now,
        ratio(detained, inspected) AS inspection_detained_rate_365d,
        ratio(amended, declared) AS declaration_amended_rate_365d
    FROM point
    JOIN inspected USING (enterprise, as_of)
    LEFT JOIN registration USING (enterprise, as_of);

-- ------------------------------------------------------------------------------------------- answer

SELECT *
FROM custody_conduct
JOIN documents USING (enterprise, as_of)
JOIN customs USING (enterprise, as_of);
