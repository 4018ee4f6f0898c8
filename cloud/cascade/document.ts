/** A dependency graph as it is read: its shape (graph.ts), with everything that it names being there (references.ts). */
import { graphSections } from './graph.ts';
import { problemsIn } from './references.ts';

export const graphDocument = graphSections.superRefine((document, context) => {
  for (const problem of problemsIn(document)) context.addIssue({ code: 'custom', ...problem });
});
