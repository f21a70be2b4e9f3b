-- ------------------------------------------------------------------------------------------- pledge

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

-- ------------------------------------------------------------------------------------------- answer

SELECT *
FROM pledges;
