/** Kinds of personal data that have a time of their own. */
export const dataKinds = ['pictures', 'accessRecords', 'observations', 'sessions', 'audit'] as const;
export type DataKind = (typeof dataKinds)[number];
