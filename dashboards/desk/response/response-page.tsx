import './response.css';
import type { PageProps } from '../page-props.ts';
import { EditorView } from './editor/editor-view.tsx';
import { LibraryView } from './library-view.tsx';
import { RunView } from './run-view.tsx';

/** `#/response`: the library and what is under way; `…/run/ID` one run; `…/playbook/ID` one playbook. */
export function ResponsePage({ view, rest }: PageProps) {
  const id = rest[1] ?? '';
  if (view === 'run' && id !== '') return <RunView key={id} id={id} />;
  if (view === 'playbook' && id !== '') return <EditorView key={id} id={id} />;
  return <LibraryView />;
}
