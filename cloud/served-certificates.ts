import type { CloudConfiguration } from './config.ts';
import { type CertificateFiles, ownCertificate } from './own-certificate.ts';

/** Certificate files as configured, or the cloud's own, made once for all the names that are asked for. */
export function servedCertificates(configuration: CloudConfiguration, state: string) {
  const { http, ingest } = configuration;
  const wanted = [http.tls, ingest.mqtt.tls].filter(
    (tls) => tls !== undefined && tls.certificateFile === undefined,
  );
  const names = [...new Set(wanted.flatMap((tls) => tls?.names ?? []))];
  return (tls: { certificateFile?: string | undefined; keyFile?: string | undefined }): CertificateFiles => {
    const { certificateFile, keyFile } = tls;
    // By the machine's own clock: those who check it go by theirs, however fast the day is run.
    if (certificateFile === undefined || keyFile === undefined)
      return ownCertificate(state, names, Date.now());
    return {
      certificateFile: configuration.resolve(certificateFile),
      keyFile: configuration.resolve(keyFile),
    };
  };
}
