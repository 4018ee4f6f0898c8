import { useSignal } from '@preact/signals';
import type { IncidentPage } from '../../../cloud/api/contract.ts';
import { Card } from '../../kit/card.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Icon } from '../../kit/icons.tsx';
import { preciseTime } from '../../kit/time.ts';
import { pictureAddress } from '../session.ts';
import { text } from '../text.ts';
import { assetName } from './asset-name.ts';

type Picture = IncidentPage['pictures'][number];

/** A camera's picture, small; opens large. */
export function Thumbnail({ picture, name, zone }: { picture: Picture; name: string; zone: string }) {
  const isOpen = useSignal(false);
  const isMissing = useSignal(false);
  const caption = text('incident.picture-of', { asset: name, time: preciseTime(picture.takenAt, zone) });
  if (isMissing.value) {
    return (
      <span class="thumbnail thumbnail-missing">
        <Icon name="picture" size={20} />
        {text('incident.picture-missing')}
      </span>
    );
  }
  return (
    <>
      <button
        type="button"
        class="thumbnail"
        onClick={() => {
          isOpen.value = true;
        }}
      >
        <img
          src={pictureAddress(picture.id)}
          alt={caption}
          loading="lazy"
          onError={() => {
            isMissing.value = true;
          }}
        />
        <span class="thumbnail-caption truncate" aria-hidden="true">
          {caption}
        </span>
      </button>
      {isOpen.value ? (
        <Dialog
          title={caption}
          size="wide"
          onClose={() => {
            isOpen.value = false;
          }}
        >
          <img class="picture-large" src={pictureAddress(picture.id)} alt="" />
        </Dialog>
      ) : null}
    </>
  );
}

/** Every picture of the incident together. */
export function Pictures({ page, zone }: { page: IncidentPage; zone: string }) {
  return (
    <Card title={text('incident.pictures')} labelledBy="pictures">
      <div class="thumbnails">
        {page.pictures.map((picture) => (
          <Thumbnail key={picture.id} picture={picture} zone={zone} name={assetName(page, picture.asset)} />
        ))}
      </div>
    </Card>
  );
}
