CREATE TYPE group_change AS (
    group_id bigint,
    added text[],
    removed text[],
    updated bigint,
    members_before bigint,
    held boolean
);

COMMENT ON TYPE group_change IS 'What apply_memberships did to one group: symbols added and removed, number of members whose weight, rank or sector in the file changed, members before. held: a guard kept the group as it was, the rest says what would have happened.';
