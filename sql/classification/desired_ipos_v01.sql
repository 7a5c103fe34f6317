CREATE VIEW desired_ipos AS
SELECT 'IPO' AS group_type, 'recent_ipos' AS group_name, s.symbol, NULL::numeric AS weight,
    jsonb_build_object('rule', 'listed on ' || s.list_date) AS metadata
FROM active_stocks AS s
WHERE s.list_date <= CURRENT_DATE
    AND s.list_date > CURRENT_DATE - (SELECT x.value::integer FROM settings AS x WHERE x.name = 'ipo_days');

COMMENT ON VIEW desired_ipos IS 'Desired members of the IPO group: active stocks listed within settings.ipo_days.';
