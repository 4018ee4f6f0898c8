import type { ToolkitList, ToolState } from '../../../cloud/api/contract.ts';
import { Icon } from '../../kit/icons.tsx';
import { WordsDialog } from '../words-dialog.tsx';
import { switchTool } from './requests.ts';
import { words } from './words.ts';

/** Asks whether it is meant, says what is missing then, and wants a reason. */
export function SwitchDialog(props: {
  tool: ToolState;
  onSwitched: (list: ToolkitList) => void;
  onClose: () => void;
}) {
  const { id, enabled, holds } = props.tool;
  const name = words(`tool.${id}`);
  const titles = enabled ? words('off.title', { name }) : words('on.title', { name });
  return (
    <WordsDialog
      title={titles}
      why={enabled ? words('off.why') : words('on.why')}
      hint={words('why-hint')}
      verb={enabled ? words('off.verb') : words('on.verb')}
      onSubmit={async (reason) => props.onSwitched(await switchTool(id, !enabled, reason))}
      onClose={props.onClose}
    >
      <p>{enabled ? words(`tool.${id}.without`) : words('on.text')}</p>
      {enabled && holds.length > 0 ? (
        <p class="tool-note">
          <Icon name="pause" size={15} />
          {words('holds', { names: holds.map((one) => words(`tool.${one}`)).join(', ') })}
        </p>
      ) : null}
    </WordsDialog>
  );
}
