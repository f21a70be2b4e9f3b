-- ------------------------------------------------------------------------------------------ pledge

CREATE TEMP TABLE pledge_flow AS
    SELECT
        enterprise, as_of, receipt, lender, cargo_code AS lot,
        CASE kind WHEN 'registered' THEN amount ELSE -amount END AS amount,
        CASE kind WHEN 'registered' THEN quantity ELSE -quantity END AS quantity,
        kind = 'registered' AND form = 'dynamic' AS dynamic
    FROM standing_pledge WHERE kind IN ('registered', 'released', 'enforced');

CREATE TEMP TABLE pledged AS
    WITH per_receipt AS (
        SELECT
            enterprise, as_of, greatest(sum(amount), 0) AS amount,
            coalesce(bool_or(dynamic), false) AS dynamic
        FROM pledge_flow GROUP BY enterprise, as_of, receipt
    )
    SELECT
        enterprise, as_of,
        coalesce(sum(amount), 0) AS amount,
        coalesce(sum(amount) FILTER (WHERE dynamic), 0) AS dynamic_amount
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

CREATE TEMP TABLE lot_cover AS
    WITH pledged_lot AS (
        SELECT enterprise, as_of, lot, greatest(sum(quantity), 0) AS pledged
        FROM pledge_flow GROUP BY enterprise, as_of, lot
    ),
    beside_stock AS (
        SELECT
            enterprise, as_of, pledged,
            greatest(pledged - coalesce(stock.quantity, 0), 0) AS beyond,
            capped(pledged, coalesce(stock.quantity, 0), 10) AS cover
        FROM pledged_lot LEFT JOIN stock USING (enterprise, as_of, lot)
        WHERE pledged > 0
    )
    SELECT
        enterprise, as_of,
        coalesce(max(cover), 0) AS worst,
        ratio(sum(beyond), sum(pledged)) AS beyond_stock
    FROM point LEFT JOIN beside_stock USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE shared_lots AS
    WITH per_lender AS (
        SELECT enterprise, as_of, lot, sum(quantity) AS quantity
        FROM pledge_flow GROUP BY enterprise, as_of, lot, lender
    ),
    per_lot AS (
        SELECT enterprise, as_of, count(*) FILTER (WHERE quantity > 0) AS lenders
        FROM per_lender GROUP BY enterprise, as_of, lot
    )
    SELECT enterprise, as_of, count(*) FILTER (WHERE lenders >= 2) AS lots
    FROM point LEFT JOIN per_lot USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE repledged AS
    WITH per_lot AS (
        SELECT enterprise, as_of, count(*) AS registrations
        FROM standing_pledge WHERE kind = 'registered' AND occurred_at > as_of - days(365)
        GROUP BY enterprise, as_of, cargo_code
    )
    SELECT enterprise, as_of, count(*) FILTER (WHERE registrations >= 2) AS lots
    FROM point LEFT JOIN per_lot USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE unauthorised AS
    WITH per_receipt AS (
        SELECT
            enterprise, as_of,
            count(*) FILTER (WHERE kind = 'released') AS released,
            count(*) FILTER (WHERE kind = 'authorised') AS authorised
        FROM standing_pledge GROUP BY enterprise, as_of, receipt
    )
    SELECT enterprise, as_of, coalesce(sum(greatest(released - authorised, 0)), 0) AS releases
    FROM point LEFT JOIN per_receipt USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE pledging AS
    SELECT
        enterprise, as_of,
        count(*) FILTER (WHERE kind = 'enforced') AS enforced,
        coalesce(sum(quantity) FILTER (WHERE kind = 'registered'), 0) AS quantity_365d,
        coalesce(sum(quantity) FILTER (
            WHERE kind = 'registered' AND occurred_at > as_of - days(90)
        ), 0) AS quantity_90d
    FROM point LEFT JOIN (
        FROM standing_pledge WHERE occurred_at > as_of - days(365)
    ) USING (enterprise, as_of)
    GROUP BY enterprise, as_of;

CREATE TEMP TABLE pledges AS
    SELECT
        enterprise, as_of,
        pledged.amount AS pledged_amount_now,
        capped(pledged.amount, stock_worth.worth, 10) AS pledged_share_of_stock_now,
        pledge_lenders.lenders AS pledge_lenders_now,
        lot_cover.worst AS lot_pledge_cover_worst_now,
        lot_cover.beyond_stock AS pledge_overlap_share_now,
        repledged.lots AS repledged_lots_365d,
        shared_lots.lots AS pledge_lots_two_lenders_now,
        unauthorised.releases AS releases_unauthorised_now,
        pledging.enforced AS enforced_count_365d,
        ratio(365 * pledging.quantity_90d, 90 * pledging.quantity_365d)
            AS pledged_quantity_pace_90d_365d,
        ratio(pledged.dynamic_amount, pledged.amount) AS dynamic_pledge_share_now
    FROM point
    JOIN pledged USING (enterprise, as_of)
    JOIN stock_worth USING (enterprise, as_of)
    JOIN pledge_lenders USING (enterprise, as_of)
    JOIN lot_cover USING (enterprise, as_of)
    JOIN repledged USING (enterprise, as_of)
    JOIN shared_lots USING (enterprise, as_of)
    JOIN unauthorised USING (enterprise, as_of)
    JOIN pledging USING (enterprise, as_of);

-- ------------------------------------------------------------------------------------------ answer

SELECT *
FROM pledges;
