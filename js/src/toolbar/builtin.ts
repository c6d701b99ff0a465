/** What every sample has beside the keys to filter by, to sort by and to show. */
export const BUILT_IN: readonly string[] = ["file_name", "sample_id"];
