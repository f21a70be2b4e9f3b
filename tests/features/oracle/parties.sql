-- --------------------------------------------------- how others stand at the port's last midnight

CREATE TEMP TABLE other AS
    SELECT
        enterprise AS party, as_of, past_due.days AS days_past_due,
        past_due.days >= 30 OR default_in_force.flag = 1 AS distressed
    FROM past_due JOIN default_in_force USING (enterprise, as_of);

CREATE TEMP TABLE controller AS
    SELECT enterprise, as_of, last(party ORDER BY occurred_at, position) AS party
    FROM standing_enterprise WHERE kind = 'actual_controller'
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE related AS
    SELECT DISTINCT enterprise, as_of, party FROM standing_enterprise WHERE kind = 'related_party';

CREATE TEMP TABLE guaranteed AS
    SELECT
        enterprise, as_of, party,
        greatest(sum(CASE kind WHEN 'guarantee_given' THEN amount ELSE -amount END), 0) AS amount
    FROM standing_enterprise WHERE kind IN ('guarantee_given', 'guarantee_ended')
    GROUP BY enterprise, as_of, party;

-- ------------------------------------------------------------------------------- connected parties

CREATE TEMP TABLE guarantees AS
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

CREATE TEMP TABLE relations AS
    SELECT
        point.enterprise, point.as_of,
        count(related.party) AS related_parties_now,
        count(*) FILTER (WHERE other.distressed) AS related_parties_distressed_now
    FROM point
    LEFT JOIN related USING (enterprise, as_of)
    LEFT JOIN other
        ON other.party = related.party AND other.as_of = last_midnight(point.as_of)
    GROUP BY point.enterprise, point.as_of;

CREATE TEMP TABLE guarantees_for AS
    SELECT
        point.enterprise, point.as_of,
        ratio(
            coalesce(sum(given.amount) FILTER (WHERE other.distressed), 0),
            coalesce(sum(given.amount), 0)
        ) AS guaranteed_distress_share_now,
        (count(*) FILTER (WHERE given.amount > 0 AND returned.amount > 0) > 0)::INTEGER
            AS guarantee_circle_now
    FROM point
    LEFT JOIN guaranteed AS given USING (enterprise, as_of)
    LEFT JOIN other
        ON other.party = given.party AND other.as_of = last_midnight(point.as_of)
    LEFT JOIN guaranteed AS returned
        ON returned.enterprise = given.party AND returned.party = point.enterprise
        AND returned.as_of = last_midnight(point.as_of)
    GROUP BY point.enterprise, point.as_of;

CREATE TEMP TABLE sisters AS
    SELECT
        point.enterprise, point.as_of,
        count(theirs.enterprise) AS same_controller_enterprises_now,
        count(*) FILTER (WHERE other.distressed) AS same_controller_distressed_now
    FROM point
    LEFT JOIN controller AS own
        ON own.enterprise = point.enterprise AND own.as_of = last_midnight(point.as_of)
    LEFT JOIN controller AS theirs
        ON theirs.as_of = own.as_of AND theirs.party = own.party
        AND theirs.enterprise <> own.enterprise
    LEFT JOIN other ON other.party = theirs.enterprise AND other.as_of = theirs.as_of
    GROUP BY point.enterprise, point.as_of;

-- From whom one comes to whom by going from giver to guaranteed, again and again.
CREATE TEMP TABLE way AS
    WITH RECURSIVE step AS (
        SELECT as_of, enterprise AS giver, party FROM guaranteed
        WHERE amount > 0 AND as_of IN (SELECT DISTINCT last_midnight(as_of) FROM point)
    ),
    led AS (
        SELECT as_of, giver, party FROM step
        UNION
        SELECT led.as_of, led.giver, step.party
        FROM led JOIN step ON step.as_of = led.as_of AND step.giver = led.party
    )
    SELECT as_of, giver, party FROM led;

CREATE TEMP TABLE circle AS
    SELECT
        point.enterprise, point.as_of,
        count(there.party) AS guarantee_circle_size_now,
        count(*) FILTER (WHERE other.distressed) AS guarantee_circle_distressed_now
    FROM point
    LEFT JOIN (
        SELECT there.as_of, there.giver, there.party
        FROM way AS there JOIN way AS back
            ON back.as_of = there.as_of AND back.giver = there.party AND back.party = there.giver
        WHERE there.giver <> there.party
    ) AS there ON there.giver = point.enterprise AND there.as_of = last_midnight(point.as_of)
    LEFT JOIN other ON other.party = there.party AND other.as_of = there.as_of
    GROUP BY point.enterprise, point.as_of;

-- ----------------------------------------------------------------------------------------- network

CREATE TEMP TABLE sale AS
    SELECT
        sold_to.enterprise, sold_to.as_of, sold_to.price,
        sold_to.price * 1000000
        // nullif(sum(sold_to.price) OVER (PARTITION BY sold_to.enterprise, sold_to.as_of), 0)
            AS ppm,
        other.distressed, other.days_past_due,
        related.party IS NOT NULL AS is_related,
        coalesce(own.party = theirs.party, false) AS same_controller,
        EXISTS (
            FROM standing_outcome AS failure
            WHERE failure.enterprise = sold_to.buyer AND failure.kind = 'default'
            AND failure.as_of = last_midnight(sold_to.as_of)
        ) AS failed,
        EXISTS (
            FROM standing_purchase AS bought
            WHERE bought.enterprise = sold_to.enterprise AND bought.as_of = sold_to.as_of
            AND bought.seller = sold_to.buyer AND bought.kind = 'transferred'
            AND bought.occurred_at > sold_to.as_of - days(365)
        ) AS sells_back
    FROM sold_to
    JOIN other ON other.party = sold_to.buyer AND other.as_of = last_midnight(sold_to.as_of)
    LEFT JOIN related
        ON related.enterprise = sold_to.enterprise AND related.as_of = sold_to.as_of
        AND related.party = sold_to.buyer
    LEFT JOIN controller AS own
        ON own.enterprise = sold_to.enterprise AND own.as_of = sold_to.as_of
    LEFT JOIN controller AS theirs
        ON theirs.enterprise = sold_to.buyer AND theirs.as_of = last_midnight(sold_to.as_of);

CREATE TEMP TABLE sales AS
    SELECT
        enterprise, as_of,
        ratio(coalesce(sum(price) FILTER (WHERE is_related), 0), sum(price))
            AS related_sales_share_365d,
        ratio(coalesce(sum(price) FILTER (WHERE same_controller), 0), sum(price))
            AS same_controller_sales_share_365d,
        ratio(coalesce(sum(price) FILTER (WHERE sells_back), 0), sum(price))
            AS reciprocal_sales_share_365d,
        ratio(coalesce(sum(price) FILTER (WHERE distressed), 0), sum(price))
            AS counterparty_distress_share_365d,
        sum(ppm * days_past_due)::DOUBLE / 1e6 AS counterparty_days_past_due_mean_365d,
        ratio(coalesce(sum(price) FILTER (WHERE failed), 0), sum(price))
            AS buyer_failed_share_365d
    FROM point LEFT JOIN sale USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

-- ------------------------------------------------------------------------------------------ answer

SELECT *
FROM guarantees
JOIN relations USING (enterprise, as_of)
JOIN guarantees_for USING (enterprise, as_of)
JOIN sisters USING (enterprise, as_of)
JOIN circle USING (enterprise, as_of)
JOIN sales USING (enterprise, as_of);
