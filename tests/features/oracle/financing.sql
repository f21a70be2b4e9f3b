-- -------------------------------------------------------------------------------- financing conduct

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

-- ------------------------------------------------------------------------------------------- answer

SELECT *
FROM financing_conduct;
