import { MenuButton } from '../../kit/menu.tsx';
import { text } from '../text.ts';
import { exportAddress } from './registry-requests.ts';

/** Files come by the browser's own download: the session's cookie says who asks. */
function download(address: string, name: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
}

const tables = ['people', 'badges', 'accounts', 'assets', 'addresses'] as const;

export function ExportMenu() {
  return (
    <MenuButton
      label={text('registry.export')}
      name={text('registry.export')}
      look="button button-plain"
      items={[
        {
          label: text('export.whole'),
          icon: 'list' as const,
          onChoose: () => download(exportAddress(), 'registry.yaml'),
        },
        ...tables.map((table) => ({
          label: text(`export.${table}`),
          icon: 'list' as const,
          onChoose: () => download(exportAddress(table), `${table}.csv`),
        })),
      ]}
    >
      {text('registry.export')}
    </MenuButton>
  );
}
