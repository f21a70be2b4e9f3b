-- The 36 features restated in plain SQL from the words of docs/features.md.
-- It shares nothing with the engine: it judges it.
--
-- Reads one table a stream, holding the messages as reported: integers, enumerated columns as
-- their text, NULL where a field is left out, reversed_at NULL where nobody has reversed; besides
-- them lots(lot, commodity) and spine(row, enterprise, as_of).
-- Gives one row per row of the spine, one column a feature, NULL where the feature is missing.
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

-- ------------------------------------------------------------------ points and what stands there

CREATE TEMP TABLE point AS SELECT DISTINCT enterprise, as_of FROM spine;

-- Whose state is read and when: the enterprise now, the enterprise 90 days ago, and everyone to
-- whom it ever sold, at the port's last midnight.
CREATE TEMP TABLE moment AS
    SELECT enterprise, as_of FROM point
    UNION
    SELECT enterprise, as_of - days(90) FROM point
    UNION
    SELECT title.buyer, last_midnight(as_of) FROM point JOIN title ON enterprise_id = enterprise;

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
    SELECT m.enterprise, m.as_of, f.* EXCLUDE (enterprise_id)
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

-- ------------------------------------------------------------------------- stock and what it is worth

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

-- ----------------------------------------------------------------------------------- cargo value

CREATE TEMP TABLE declared AS
    SELECT
        enterprise, as_of,
        coalesce(sum(declared_value) FILTER (WHERE occurred_at > as_of - days(90)), 0) AS sum_90d,
        coalesce(sum(declared_value) FILTER (WHERE occurred_at > as_of - days(365)), 0) AS sum_365d
    FROM point
    LEFT JOIN (FROM standing_declaration WHERE kind = 'declared') USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

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

-- -------------------------------------------------------------------------------------- turnover

CREATE TEMP TABLE sold AS
    SELECT
        enterprise, as_of,
        coalesce(sum(price) FILTER (WHERE occurred_at > as_of - days(90)), 0) AS price_90d,
        coalesce(sum(quantity) FILTER (WHERE occurred_at > as_of - days(90)), 0) AS quantity_90d,
        coalesce(sum(price) FILTER (WHERE occurred_at > as_of - days(365)), 0) AS price_365d
    FROM point LEFT JOIN (FROM standing_sale WHERE kind = 'transferred') USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

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

-- --------------------------------------------------------------------------------------- custody

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

-- ------------------------------------------------------------------------------------- documents

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

-- ------------------------------------------------------------------------------- customs conduct

CREATE TEMP TABLE registration AS
    SELECT
        enterprise, as_of,
        last(customs_credit_grade ORDER BY occurred_at, position) AS customs_credit_grade,
        last(registered_capital ORDER BY occurred_at, position) AS registered_capital
    FROM standing_enterprise WHERE kind = 'registration'
    GROUP BY enterprise, as_of;

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

-- ------------------------------------------------------------------------- title and receivables

-- A number may be transferred in parts; a sale is due once any of its transfers is.
CREATE TEMP TABLE receivable AS
    SELECT
        enterprise, as_of, number,
        greatest(sum(CASE kind WHEN 'transferred' THEN price ELSE -price END), 0) AS open,
        coalesce(bool_or(due_at <= as_of) FILTER (WHERE kind = 'transferred'), false) AS due
    FROM standing_sale WHERE kind IN ('transferred', 'paid')
    GROUP BY enterprise, as_of, number;

CREATE TEMP TABLE payment AS
    SELECT
        enterprise, as_of, count(*) AS payments,
        sum(CASE WHEN occurred_at > due_at THEN (occurred_at - due_at) // days(1) ELSE 0 END)
            AS days_late
    FROM standing_sale WHERE kind = 'paid' AND occurred_at > as_of - days(365)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE receivables AS
    SELECT
        enterprise, as_of,
        ratio(coalesce(sum(open) FILTER (WHERE due), 0), coalesce(sum(open), 0))
            AS receivable_overdue_share_now,
        ratio(any_value(days_late), any_value(payments)) AS payment_lateness_mean_365d
    FROM point
    LEFT JOIN receivable USING (enterprise, as_of)
    LEFT JOIN payment USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

-- ---------------------------------------------------------------------------------------- pledge

CREATE TEMP TABLE pledge_flow AS
    SELECT
        enterprise, as_of, receipt, lender,
        CASE kind WHEN 'registered' THEN amount ELSE -amount END AS amount
    FROM standing_pledge WHERE kind IN ('registered', 'released', 'enforced');

CREATE TEMP TABLE pledged AS
    WITH per_receipt AS (
        SELECT enterprise, as_of, greatest(sum(amount), 0) AS amount
        FROM pledge_flow GROUP BY enterprise, as_of, receipt
    )
    SELECT enterprise, as_of, coalesce(sum(amount), 0) AS amount
    FROM point LEFT JOIN per_receipt USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE pledge_lenders AS
    WITH per_lender AS (
        SELECT enterprise, as_of, sum(amount) AS amount
        FROM pledge_flow GROUP BY enterprise, as_of, lender
    )
    SELECT enterprise, as_of, count(*) FILTER (WHERE amount > 0) AS lenders
    FROM point LEFT JOIN per_lender USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE pledges AS
    SELECT
        enterprise, as_of,
        pledged.amount AS pledged_amount_now,
        capped(pledged.amount, stock_worth.worth, 10) AS pledged_share_of_stock_now,
        pledge_lenders.lenders AS pledge_lenders_now
    FROM point
    JOIN pledged USING (enterprise, as_of)
    JOIN stock_worth USING (enterprise, as_of)
    JOIN pledge_lenders USING (enterprise, as_of);

-- --------------------------------------------------------------------------------- concentration

CREATE TEMP TABLE sold_to AS
    SELECT enterprise, as_of, buyer, sum(price) AS price
    FROM standing_sale WHERE kind = 'transferred' AND occurred_at > as_of - days(365)
    GROUP BY enterprise, as_of, buyer;

CREATE TEMP TABLE counterparty_herfindahl AS
    WITH share AS (
        SELECT
            enterprise, as_of,
            price * 1000000 // nullif(sum(price) OVER (PARTITION BY enterprise, as_of), 0) AS ppm
        FROM sold_to
    )
    SELECT enterprise, as_of, sum(ppm * ppm)::DOUBLE / 1e12 AS herfindahl
    FROM share GROUP BY enterprise, as_of;

CREATE TEMP TABLE commodity_herfindahl AS
    WITH traded AS (
        SELECT enterprise, as_of, hs_code, sum(declared_value) AS worth
        FROM standing_declaration WHERE kind = 'declared' AND occurred_at > as_of - days(365)
        GROUP BY enterprise, as_of, hs_code
    ),
    share AS (
        SELECT
            enterprise, as_of,
            worth * 1000000 // nullif(sum(worth) OVER (PARTITION BY enterprise, as_of), 0) AS ppm
        FROM traded
    )
    SELECT enterprise, as_of, sum(ppm * ppm)::DOUBLE / 1e12 AS herfindahl
    FROM share GROUP BY enterprise, as_of;

CREATE TEMP TABLE concentration AS
    SELECT
        enterprise, as_of,
        counterparty_herfindahl.herfindahl AS counterparty_herfindahl_365d,
        commodity_herfindahl.herfindahl AS commodity_herfindahl_365d
    FROM point
    LEFT JOIN counterparty_herfindahl USING (enterprise, as_of)
    LEFT JOIN commodity_herfindahl USING (enterprise, as_of);

-- ----------------------------------------------------------------------------- financing conduct

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

CREATE TEMP TABLE lent AS
    SELECT
        enterprise, as_of,
        count(position) AS reports,
        coalesce(max(days_past_due) FILTER (
            WHERE kind IN ('days_past_due', 'instalment_paid')
            AND occurred_at > as_of - days(365)
        ), 0) AS worst_365d,
        count(*) FILTER (
            WHERE kind = 'instalment_paid' AND days_past_due > 0
            AND occurred_at > as_of - days(365)
        ) AS paid_late_365d,
        count(*) FILTER (WHERE kind = 'instalment_paid' AND occurred_at > as_of - days(365))
            AS paid_365d
    FROM point LEFT JOIN standing_financing USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE used AS
    WITH per_facility AS (
        SELECT
            enterprise, as_of,
            greatest(sum(CASE kind
                WHEN 'drawn' THEN amount WHEN 'instalment_paid' THEN -amount ELSE 0
            END), 0) AS drawn,
            greatest(sum(CASE kind
                WHEN 'facility' THEN amount WHEN 'closed' THEN -amount ELSE 0
            END), 0) AS granted
        FROM standing_financing GROUP BY enterprise, as_of, facility
    )
    SELECT
        enterprise, as_of,
        coalesce(sum(drawn), 0) AS drawn,
        coalesce(sum(granted), 0) AS granted
    FROM point LEFT JOIN per_facility USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE financing_conduct AS
    SELECT
        enterprise, as_of,
        CASE WHEN reports > 0 THEN past_due.days END AS days_past_due_now,
        CASE WHEN reports > 0 THEN worst_365d END AS days_past_due_max_365d,
        ratio(paid_late_365d, paid_365d) AS instalment_late_share_365d,
        ratio(drawn, granted) AS utilisation_now,
        drawn AS drawn_amount_now,
        default_in_force.flag AS default_in_force_now
    FROM point
    JOIN past_due USING (enterprise, as_of)
    JOIN lent USING (enterprise, as_of)
    JOIN used USING (enterprise, as_of)
    JOIN default_in_force USING (enterprise, as_of);

-- ---------------------------------------------------------------------------------------- market

CREATE TEMP TABLE market_price AS
    SELECT
        m.as_of, v.hs_code AS commodity,
        last(v.unit_price ORDER BY v.occurred_at, v.position) AS price
    FROM (SELECT DISTINCT as_of FROM moment) AS m
    JOIN valuation AS v ON stands(v.known_at, v.reversed_at, m.as_of)
    WHERE v.kind = 'market_price'
    GROUP BY m.as_of, v.hs_code;

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

-- ----------------------------------------------------------------------------- connected parties

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

-- --------------------------------------------------------------------------------------- network

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

-- -------------------------------------------------------------------------------------- standing

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

-- ---------------------------------------------------------------------------------------- result

SELECT * EXCLUDE (row, enterprise, as_of)
FROM spine
JOIN cargo_value USING (enterprise, as_of)
JOIN turnover USING (enterprise, as_of)
JOIN custody_conduct USING (enterprise, as_of)
JOIN documents USING (enterprise, as_of)
JOIN customs USING (enterprise, as_of)
JOIN receivables USING (enterprise, as_of)
JOIN pledges USING (enterprise, as_of)
JOIN concentration USING (enterprise, as_of)
JOIN financing_conduct USING (enterprise, as_of)
JOIN market USING (enterprise, as_of)
JOIN connected USING (enterprise, as_of)
JOIN network USING (enterprise, as_of)
JOIN standing USING (enterprise, as_of)
ORDER BY row;
