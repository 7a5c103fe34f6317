CREATE VIEW desired_ipos AS
SELECT 'IPO' AS group_type, 'recent_ipos' AS group_name, s.symbol, NULL::numeric AS weight,
    jsonb_build_object('rule', 'listed on ' || s.list_date) AS metadata
FROM symbols AS s
WHERE s.active AND s.type IN ('CS', 'ADRC')
    AND s.list_date <= CURRENT_DATE
    AND s.list_date > CURRENT_DATE - (SELECT x.value::integer FROM settings AS x WHERE x.name = 'ipo_days');

COMMENT ON VIEW desired_ipos IS 'Who should be in the IPO group: active stocks listed within settings.ipo_days.';
