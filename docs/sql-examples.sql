-- create_roles
BEGIN; SELECT * FROM create_roles('demo'); ROLLBACK;
-- drop_roles
BEGIN; SELECT count(*) FROM create_roles('demo'); SELECT role, dropped FROM drop_roles('demo'); ROLLBACK;
-- enrich_sectors
SELECT mode, status, total_changes FROM enrich_sectors();
-- explain_membership
SELECT member, reason, file, line, weight FROM explain_membership('AAPL', 'SPY', 'ETF');
-- import_legacy
SELECT mode, status, total_changes FROM import_legacy(p_dry_run => true);
-- members_as_of
SELECT symbol, weight FROM members_as_of('XLK', 'ETF', now()) ORDER BY weight DESC LIMIT 3;
-- membership_diff
SELECT symbol, change, weight_after, reason FROM membership_diff('XLK', 'ETF', now());
-- purge_events
SELECT purge_events();
-- refresh_universes
SELECT mode, status, total_changes FROM refresh_universes();
-- relationship_report
SELECT jsonb_pretty(relationship_report() -> 'totals' -> 'stocks') AS stocks;
-- relationship_snapshot
SELECT json_array_length(relationship_snapshot() -> 'groups') AS universes;
-- request_refresh
BEGIN; SELECT accepted, mode FROM request_refresh('themes'); ROLLBACK;
-- rollback_universes
SELECT mode, status, total_changes FROM rollback_universes(now()::text, p_dry_run => true);
-- schedule_refresh
-- needs pg_cron
SELECT job_name, schedule FROM schedule_refresh('0 6 * * *', 'America/New_York');
-- sector_of
SELECT * FROM sector_of('AAPL');
-- symbol_groups
SELECT type, name, rank, weight FROM symbol_groups('AAPL') LIMIT 5;
-- universe_symbols
SELECT * FROM universe_symbols('SPY:dow30') LIMIT 3;
-- unschedule_refresh
-- needs pg_cron
SELECT unschedule_refresh();
-- validate_relationships
SELECT check_name, status, findings FROM validate_relationships() LIMIT 5;
-- current_members
SELECT symbol, rank, market_cap, sector FROM current_members WHERE name = 'top_10_stocks' ORDER BY rank LIMIT 3;
-- load_runs
SELECT kind, mode, total_changes FROM load_runs ORDER BY started_at;
-- membership_history
SELECT symbol, weight, valid_to FROM membership_history ORDER BY symbol COLLATE "C", group_id LIMIT 3;
-- sector_candidates
SELECT source, sector, rule FROM sector_candidates WHERE symbol = 'AAPL';
-- sync_runs
SELECT mode, status, total_changes FROM sync_runs ORDER BY started_at LIMIT 1;
-- uncapped_stocks
SELECT * FROM uncapped_stocks;
-- unpublished_events
SELECT events FROM unpublished_events;
-- market_cap_buckets
SELECT * FROM market_cap_buckets ORDER BY market_cap DESC, symbol LIMIT 3;
-- market_leaders
SELECT * FROM market_leaders LIMIT 3;
-- sector_leaders
SELECT * FROM sector_leaders ORDER BY sector, rank LIMIT 3;
