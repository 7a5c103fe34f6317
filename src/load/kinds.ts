/** Kinds of files that a load reads. */
export const LOAD_KINDS = ['symbols', 'prices', 'etfs', 'universes', 'themes', 'sectors'] as const
export type LoadKind = (typeof LOAD_KINDS)[number]
