/** What the best trial is likely to be worth, as canonical JSON; it goes when another trial ends. */
export const estimateSchema = `
ALTER TABLE studies ADD COLUMN estimate TEXT;
`;
