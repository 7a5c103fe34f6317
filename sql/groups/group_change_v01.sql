CREATE TYPE group_change AS (
    group_id bigint,
    added text[],
    removed text[],
    updated bigint,
    members_before bigint,
    held boolean
);

COMMENT ON TYPE group_change IS 'Result of apply_memberships for one group: symbols added and removed, number of members whose weight, rank or file sector changed, and members before. held: a guard kept the group unchanged, and the other columns are what would have happened.';
