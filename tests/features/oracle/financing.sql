-- ------------------------------------------------------------------------------- financing conduct

CREATE TEMP TABLE lent AS
    SELECT
        enterprise, as_of,
        count(position) AS reports,
        coalesce(max(days_past_due) FILTER (
            WHERE kind IN ('days_past_due', 'instalment_paid')
            AND occurred_at > as_of - days(365)
        ), 0) AS worst_365d,
        coalesce(max(days_past_due) FILTER (
            WHERE kind IN ('days_past_due', 'instalment_paid')
            AND occurred_at > as_of - days(90)
        ), 0) AS worst_90d,
        (as_of - min(occurred_at) FILTER (WHERE kind = 'facility')) // days(1)
            AS days_since_first
    FROM point LEFT JOIN standing_financing USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE served AS
    SELECT
        enterprise, as_of,
        count(*) FILTER (WHERE kind = 'instalment_paid') AS paid_365d,
        count(*) FILTER (WHERE kind = 'instalment_paid' AND days_past_due > 0) AS paid_late_365d,
        count(*) FILTER (WHERE kind = 'instalment_paid' AND recent) AS paid_90d,
        count(*) FILTER (WHERE kind = 'instalment_paid' AND recent AND days_past_due > 0)
            AS paid_late_90d,
        coalesce(sum(amount) FILTER (WHERE kind = 'instalment_paid' AND recent), 0)
            AS repaid_90d,
        coalesce(sum(amount) FILTER (WHERE kind = 'instalment_due' AND recent), 0) AS due_90d,
        count(*) FILTER (WHERE kind = 'facility' AND renewed_from IS NOT NULL) AS renewals_365d,
        count(*) FILTER (WHERE kind IN ('extended', 'restructured')) AS eased_365d
    FROM point LEFT JOIN (
        SELECT *, occurred_at > as_of - days(90) AS recent
        FROM standing_financing WHERE occurred_at > as_of - days(365)
    ) USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE credit_flow AS
    SELECT
        enterprise, as_of, facility, lender,
        CASE kind WHEN 'drawn' THEN amount WHEN 'instalment_paid' THEN -amount ELSE 0 END
            AS drawn,
        CASE kind WHEN 'facility' THEN amount WHEN 'closed' THEN -amount ELSE 0 END AS granted
    FROM standing_financing;

-- Of 90 days ago too.
CREATE TEMP TABLE used AS
    WITH per_facility AS (
        SELECT
            enterprise, as_of,
            greatest(sum(drawn), 0) AS drawn,
            greatest(sum(granted), 0) AS granted
        FROM credit_flow GROUP BY enterprise, as_of, facility
    )
    SELECT
        enterprise, as_of,
        coalesce(sum(drawn), 0) AS drawn,
        coalesce(sum(granted), 0) AS granted,
        count(*) FILTER (WHERE granted > 0) AS facilities
    FROM moment LEFT JOIN per_facility USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE lenders_open AS
    WITH per_lender AS (
        SELECT enterprise, as_of, sum(granted) AS granted
        FROM credit_flow GROUP BY enterprise, as_of, lender
    )
    SELECT enterprise, as_of, count(*) FILTER (WHERE granted > 0) AS lenders
    FROM point LEFT JOIN per_lender USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE financing_conduct AS
    SELECT
        point.enterprise, point.as_of,
        CASE WHEN reports > 0 THEN past_due.days END AS days_past_due_now,
        CASE WHEN reports > 0 THEN worst_365d END AS days_past_due_max_365d,
        CASE WHEN reports > 0 THEN worst_90d END AS days_past_due_max_90d,
        ratio(paid_late_365d, paid_365d) AS instalment_late_share_365d,
        ratio(paid_late_90d, paid_90d) AS instalment_late_share_90d,
        ratio(now.drawn, now.granted) AS utilisation_now,
        ratio(now.drawn, now.granted) - ratio(ago.drawn, ago.granted) AS utilisation_change_90d,
        now.drawn AS drawn_amount_now,
        capped(now.drawn, sold.price_365d, 10) AS drawn_to_outbound_365d,
        default_in_force.flag AS default_in_force_now,
        now.facilities AS facilities_open_now,
        lenders_open.lenders AS lenders_open_now,
        renewals_365d,
        eased_365d AS extended_or_restructured_365d,
        ratio(repaid_90d, due_90d) AS repaid_to_due_90d,
        days_since_first AS days_since_first_facility
    FROM point
    JOIN past_due USING (enterprise, as_of)
    JOIN lent USING (enterprise, as_of)
    JOIN served USING (enterprise, as_of)
    JOIN sold USING (enterprise, as_of)
    JOIN lenders_open USING (enterprise, as_of)
    JOIN default_in_force USING (enterprise, as_of)
    JOIN used AS now USING (enterprise, as_of)
    JOIN used AS ago
        ON ago.enterprise = point.enterprise AND ago.as_of = point.as_of - days(90);

-- ------------------------------------------------------------------------------------------ answer

SELECT *
FROM financing_conduct;
