CREATE OR REPLACE FUNCTION names_agree(
    p_name text,
    p_other text
)
RETURNS boolean
LANGUAGE sql
STABLE
SET search_path FROM CURRENT
AS $$
    /* Four letters tell abbreviations of a word (TECHNOL, TECHNOLOGIES) from short words that many names begin with. */
    SELECT cardinality(n.words) = 0 OR cardinality(o.words) = 0 OR n.words && o.words
        OR EXISTS (
            SELECT FROM (SELECT unnest(n.words) UNION ALL SELECT array_to_string(n.words, '')) AS a (word)
            CROSS JOIN (SELECT unnest(o.words) UNION ALL SELECT array_to_string(o.words, '')) AS b (word)
            WHERE least(length(a.word), length(b.word)) >= 4 AND (starts_with(a.word, b.word) OR starts_with(b.word, a.word))
        )
    FROM company_words(p_name) AS n (words)
    CROSS JOIN company_words(p_other) AS o (words)
$$;

COMMENT ON FUNCTION names_agree(text, text) IS 'Returns false if two names of securities share no word (see company_words), nor the beginning of one. Names are a witness, not a proof: renamed companies disagree, too. True if one of them has no such word.';
