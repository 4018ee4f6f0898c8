import { useSignal } from '@preact/signals';
import type { AssetMap } from '../../../cloud/api/contract.ts';
import { Button } from '../../kit/button.tsx';
import { Card } from '../../kit/card.tsx';
import { Chip } from '../../kit/chip.tsx';
import { EmptyState } from '../../kit/states.tsx';
import { say } from '../../kit/toast.tsx';
import { reasonOf } from '../loaded.ts';
import { changing, loadMap, mayEdit } from './asset-data.ts';
import { takeBack, takeIntoUse } from './requests.ts';
import { words } from './words.ts';

/** What was changed and does not count yet: looked through, undone, taken into use. */
export function WaitingList({ map }: { map: AssetMap }) {
  const isBusy = useSignal(false);
  if (map.waiting.length === 0)
    return (
      <EmptyState icon="check" title={words('waiting.none')}>
        {words('waiting.none-text')}
      </EmptyState>
    );
  const use = async () => {
    isBusy.value = true;
    try {
      const { changes } = await takeIntoUse();
      say(words('waiting.used', { count: changes }));
    } catch (error) {
      say(reasonOf(error).message, 'critical');
    }
    isBusy.value = false;
    await loadMap();
  };
  return (
    <Card
      title={words('waiting.count', { count: map.waiting.length })}
      aside={
        mayEdit() ? (
          <Button look="primary" icon="check" busy={isBusy.value} onClick={() => void use()}>
            {words('waiting.use')}
          </Button>
        ) : null
      }
    >
      <p class="faint">{words('waiting.about')}</p>
      <ul class="waiting-rows">
        {map.waiting.map(({ list, id, name, change, fields, canTakeBack }) => (
          <li key={`${list} ${id}`}>
            <Chip
              tone={change === 'removed' ? 'high' : change === 'added' ? 'good' : 'accent'}
              icon={change === 'removed' ? 'minus' : change === 'added' ? 'plus' : 'note'}
            >
              {words(`waiting.change.${change}`)}
            </Chip>
            <div class="waiting-main">
              <span class="waiting-name">
                {words(`list.${list}`)} <strong>{name}</strong>
              </span>
              {fields.map((field) => (
                <span class="waiting-field" key={field}>
                  {field}
                </span>
              ))}
            </div>
            {canTakeBack && (list === 'assets' || list === 'identities') ? (
              mayEdit() ? (
                <Button
                  size="small"
                  icon="reopen"
                  label={words('waiting.take-back-of', { name })}
                  onClick={() => void changing(() => takeBack(list, id), words('waiting.taken-back'))}
                >
                  {words('waiting.take-back')}
                </Button>
              ) : null
            ) : (
              <span class="faint">{words('waiting.learned')}</span>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
