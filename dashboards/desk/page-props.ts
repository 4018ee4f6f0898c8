/** What a page is told of its address: `#/registry/people` is `registry` with the view `people`. */
export interface PageProps {
  /** The first part after the section. */
  view: string | undefined;
  /** All parts after the section. */
  rest: readonly string[];
}
