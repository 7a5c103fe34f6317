CREATE OR REPLACE FUNCTION convert_weights()
RETURNS void
LANGUAGE plpgsql
VOLATILE
SET search_path FROM CURRENT
AS $$
/*
 * Writes the weights of issuer files that state them otherwise as percent with a decimal point. What is no number stays, and the
 * file is rejected for it; 5.2% is percent in every format. Rows staged again, by restage_members, have been converted.
 */
BEGIN
    IF NOT EXISTS (
        SELECT FROM staged_files AS f
        JOIN issuer_formats AS i ON i.name = f.format AND (i.weight_unit <> 'percent' OR i.decimal_comma)
        WHERE f.status = 'pending')
    THEN
        RETURN;
    END IF;
    PERFORM reject_files('amount_problems', 'staged_members');
    WITH stated AS (
        SELECT m.file, m.line, CASE
            WHEN i.weight_unit = 'market_value' THEN stated_amount(m.market_value, i.decimal_comma) * 100
                / sum(stated_amount(m.market_value, i.decimal_comma)) OVER (PARTITION BY m.file)
            WHEN i.weight_unit = 'fraction' AND m.weight !~ '%' THEN stated_amount(m.weight, i.decimal_comma) * 100
            ELSE stated_amount(rtrim(m.weight, ' %'), i.decimal_comma)
        END AS percent
        FROM staged_files AS f
        JOIN issuer_formats AS i ON i.name = f.format AND (i.weight_unit <> 'percent' OR i.decimal_comma)
        JOIN staged_members AS m ON m.file = f.file
        WHERE f.status = 'pending'
    )
    UPDATE staged_members AS m
    SET weight = trim_scale(round(s.percent, 12))::text
    FROM stated AS s
    WHERE s.file = m.file AND s.line = m.line AND s.percent IS NOT NULL;
    UPDATE staged_files AS f
    SET columns = f.columns || 'weight'::text
    FROM issuer_formats AS i
    WHERE i.name = f.format AND i.weight_unit = 'market_value' AND f.status = 'pending';
END;
$$;

COMMENT ON FUNCTION convert_weights() IS 'Converts the staged weights of issuer files to percent, as issuer_formats tells: from fractions of 1, from market values, from numbers with a decimal comma. Rejects files with market values that are no amounts.';
