CREATE OR REPLACE FUNCTION company_words(
    p_name text
)
RETURNS text[]
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    SELECT coalesce(array_agg(w.word), '{}')
    FROM regexp_split_to_table(
        regexp_replace(
            regexp_replace(
                upper(translate(p_name, 'ÀÁÂÃÄÅàáâãäåÇçÈÉÊËèéêëÌÍÎÏìíîïÑñÒÓÔÕÖØòóôõöøÙÚÛÜùúûüÝýÿ',
                    'AAAAAAaaaaaaCcEEEEeeeeIIIIiiiiNnOOOOOOooooooUUUUuuuuYyy')),
                '[''’.]', '', 'g'),
            '[^A-Z0-9]+', ' ', 'g'),
        ' ') AS w (word)
    WHERE w.word <> '' AND w.word NOT IN (SELECT f.word FROM name_fillers AS f)
$$;

COMMENT ON FUNCTION company_words(text) IS 'Returns the words of a security''s name that tell the company: upper case, without accents, punctuation and name_fillers.';
