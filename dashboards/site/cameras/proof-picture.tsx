import { useEffect, useRef } from 'preact/hooks';

/**
 * A picture that came in an answer. Drawn, not loaded: the page's policy takes pictures from its own gateway alone, and
 * an address that holds a picture itself (`data:`) is none of those.
 */
export function ProofPicture({ base64, label }: { base64: string; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let isGone = false;
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    createImageBitmap(new Blob([bytes], { type: 'image/jpeg' })).then(
      (bitmap) => {
        if (canvas.current === null || isGone) return;
        canvas.current.width = bitmap.width;
        canvas.current.height = bitmap.height;
        canvas.current.getContext('2d')?.drawImage(bitmap, 0, 0);
        bitmap.close();
      },
      (error: unknown) => console.warn(error),
    );
    return () => {
      isGone = true;
    };
  }, [base64]);
  return (
    <canvas ref={canvas} width="0" height="0" role="img" class="camera-proof-picture" aria-label={label} />
  );
}
