CREATE OR REPLACE FUNCTION refresh_rankings()
RETURNS void
LANGUAGE plpgsql
VOLATILE
SECURITY DEFINER
SET search_path FROM CURRENT
AS $$
/*
 * Refreshes the materialized views concurrently, so that their readers never wait.
 * SECURITY DEFINER, since up to PostgreSQL 16 only the owner of a materialized view may refresh it, and an operator owns nothing.
 */
BEGIN
    REFRESH MATERIALIZED VIEW CONCURRENTLY market_cap_buckets;
    REFRESH MATERIALIZED VIEW CONCURRENTLY market_leaders;
    REFRESH MATERIALIZED VIEW CONCURRENTLY sector_leaders;
END;
$$;

REVOKE ALL ON FUNCTION refresh_rankings() FROM PUBLIC;
COMMENT ON FUNCTION refresh_rankings() IS 'Refreshes the materialized views market_cap_buckets, market_leaders and sector_leaders without blocking readers.';
