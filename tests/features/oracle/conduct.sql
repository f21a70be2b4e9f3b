-- ----------------------------------------------------------------------------------------- custody

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
            AS last_counted_at,
        max(occurred_at) FILTER (WHERE kind = 'exception' AND occurred_at > as_of - days(365))
            AS last_exception_at
    FROM point LEFT JOIN standing_custody USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE found_wrong AS
    SELECT
        enterprise, as_of,
        count(*) FILTER (WHERE exception = 'count_mismatch') AS count_mismatch,
        count(*) FILTER (WHERE exception = 'seal_broken') AS seal_broken,
        count(*) FILTER (WHERE exception = 'temperature_excursion') AS temperature_excursion,
        count(*) FILTER (WHERE exception = 'unauthorised_movement') AS unauthorised_movement,
        count(*) FILTER (WHERE exception = 'document_mismatch') AS document_mismatch
    FROM point LEFT JOIN (
        FROM standing_custody WHERE kind = 'exception' AND occurred_at > as_of - days(365)
    ) USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE counted_lots AS
    SELECT enterprise, as_of, coalesce(sum(worth), 0) AS worth
    FROM point LEFT JOIN (
        SELECT * FROM lot_worth
        WHERE EXISTS (
            SELECT 1 FROM standing_custody AS counted
            WHERE counted.enterprise = lot_worth.enterprise AND counted.as_of = lot_worth.as_of
                AND counted.cargo_code = lot_worth.lot AND counted.kind = 'counted'
                AND counted.occurred_at > counted.as_of - days(90)
        )
    ) USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE silence AS
    WITH heard AS (
        SELECT enterprise, as_of, cargo_code AS lot, max(occurred_at) AS heard_at
        FROM standing_custody WHERE kind = 'sensor'
        GROUP BY enterprise, as_of, cargo_code
    )
    SELECT
        enterprise, as_of,
        sum(quantity * ((as_of - heard_at) // days(1))) AS silent, sum(quantity) AS quantity
    FROM stock JOIN heard USING (enterprise, as_of, lot)
    WHERE quantity > 0
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE custody_conduct AS
    SELECT
        enterprise, as_of,
        ratio(exceptions_90d, counts_90d) AS custody_exception_rate_90d,
        ratio(exceptions_365d, counts_365d) AS custody_exception_rate_365d,
        ratio(short_365d, received_365d) AS quantity_short_share_365d,
        (as_of - last_counted_at) // days(1) AS days_since_count,
        ratio(count_mismatch, counts_365d) AS count_mismatch_rate_365d,
        ratio(seal_broken, counts_365d) AS seal_broken_rate_365d,
        ratio(temperature_excursion, counts_365d) AS temperature_excursion_rate_365d,
        ratio(unauthorised_movement, counts_365d) AS unauthorised_movement_rate_365d,
        ratio(document_mismatch, counts_365d) AS document_mismatch_rate_365d,
        (as_of - last_exception_at) // days(1) AS days_since_exception,
        ratio(counted_lots.worth, stock_worth.worth) AS counted_share_of_stock_90d,
        ratio(silence.silent, silence.quantity) AS sensor_silence_days_now
    FROM watched
    JOIN found_wrong USING (enterprise, as_of)
    JOIN counted_lots USING (enterprise, as_of)
    JOIN stock_worth USING (enterprise, as_of)
    LEFT JOIN silence USING (enterprise, as_of);

-- --------------------------------------------------------------------------------------- documents

CREATE TEMP TABLE covered AS
    WITH valid AS (
        FROM standing_document
        WHERE kind = 'bill_of_lading' OR valid_until IS NULL OR valid_until > as_of
    ),
    paper AS (
        SELECT
            enterprise, as_of, cargo_code AS lot,
            bool_or(kind = 'bill_of_lading') AS shipped,
            bool_or(kind = 'quarantine_certificate') AS examined,
            bool_or(kind = 'insurance_policy') AS insured,
            coalesce(sum(amount) FILTER (WHERE kind = 'insurance_policy'), 0) AS insured_amount
        FROM valid GROUP BY enterprise, as_of, cargo_code
    ),
    lot AS (
        FROM lot_worth JOIN paper USING (enterprise, as_of, lot)
    )
    SELECT
        enterprise, as_of,
        coalesce(sum(worth) FILTER (WHERE shipped), 0) AS shipped,
        coalesce(sum(worth) FILTER (WHERE examined), 0) AS examined,
        coalesce(sum(worth) FILTER (WHERE insured), 0) AS insured,
        coalesce(sum(least(worth, insured_amount)), 0) AS insured_amount
    FROM point LEFT JOIN lot USING (enterprise, as_of)
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
        ratio(covered.insured, stock_worth.worth) AS insured_stock_share_now,
        ratio(invoiced.amount_365d, declared.sum_365d) AS invoice_to_declared_365d,
        ratio(covered.shipped, stock_worth.worth) AS bill_of_lading_share_of_stock_now,
        ratio(covered.examined, stock_worth.worth) AS quarantine_certificate_share_of_stock_now,
        ratio(invoiced.amount_365d, sold.price_365d) AS invoiced_share_of_sales_365d,
        ratio(covered.insured_amount, stock_worth.worth) AS insured_amount_share_of_stock_now
    FROM point
    JOIN covered USING (enterprise, as_of)
    JOIN stock_worth USING (enterprise, as_of)
    JOIN invoiced USING (enterprise, as_of)
    JOIN declared USING (enterprise, as_of)
    JOIN sold USING (enterprise, as_of);

-- --------------------------------------------------------------------------------- customs conduct

CREATE TEMP TABLE inspected AS
    SELECT
        enterprise, as_of,
        count(*) FILTER (WHERE kind = 'inspected' AND inspection = 'detained') AS detained,
        count(*) FILTER (WHERE kind = 'inspected' AND inspection = 'amended') AS corrected,
        count(*) FILTER (WHERE kind = 'inspected') AS inspected,
        count(*) FILTER (WHERE kind = 'amended') AS amended,
        count(*) FILTER (WHERE kind = 'declared') AS declared,
        coalesce(sum(first_quantity) FILTER (
            WHERE kind = 'declared' AND direction = 'import'
        ), 0) AS imported,
        coalesce(sum(declared_value) FILTER (
            WHERE kind = 'declared' AND trading_party <> enterprise
        ), 0) AS through_agents
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
        ratio(amended, inspected.declared) AS declaration_amended_rate_365d,
        ratio(inspected, inspected.declared) AS inspected_rate_365d,
        ratio(corrected, inspected) AS inspection_amended_rate_365d,
        ratio(received_365d, imported) AS received_to_declared_quantity_365d,
        ratio(through_agents, sum_365d) AS agent_share_365d
    FROM point
    JOIN inspected USING (enterprise, as_of)
    JOIN watched USING (enterprise, as_of)
    JOIN declared USING (enterprise, as_of)
    LEFT JOIN registration USING (enterprise, as_of);

-- ------------------------------------------------------------------------------------------ answer

SELECT *
FROM custody_conduct
JOIN documents USING (enterprise, as_of)
JOIN customs USING (enterprise, as_of);
