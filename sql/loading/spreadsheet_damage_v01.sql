CREATE OR REPLACE FUNCTION spreadsheet_damage()
RETURNS text
LANGUAGE sql
IMMUTABLE
SET search_path FROM CURRENT
AS $$
    SELECT '^(\d{1,2}[- ](jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*([- ]\d{2,4})?'
        || '|(jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*[- ]\d{1,4}'
        || '|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}( \d{1,2}:\d{2}.*)?|\d+([.,]\d+)?e[+-]?\d+|#(n/a|name\?|ref!|value!|div/0!|num!|null!))$'
$$;

COMMENT ON FUNCTION spreadsheet_damage() IS 'Returns the regular expression, case does not matter, of what a spreadsheet program makes of tickers that look like dates and numbers: 1-Mar and 3/1/2026 of MAR1, 1.00E+05 of 1E5, and of its error values.';
