CREATE OR REPLACE FUNCTION stated_values(
    p_row jsonb
)
RETURNS jsonb
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    SELECT jsonb_strip_nulls(p_row - '{file,line,reason,percent,extra_1,extra_2,extra_3,extra_4,extra_5,extra_6,extra_7,extra_8}'::text[])
$$;

COMMENT ON FUNCTION stated_values(jsonb) IS 'Returns what a row of staged_members or skipped_members states, as withheld_members keep it.';
