import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';

const PORT = 3_702;
const GROUP = '239.255.255.250';

export interface DiscoveryOptions {
  endpoint: string;
  /** Where its device service is. */
  address: string;
  name: string;
  /** Answers with this instead, as broken devices in the same network do. */
  rubbish?: string;
}

/** Answers probes for network video transmitters on the loopback interface (WS-Discovery 1.0, section 5.3). */
export async function answerProbes(options: DiscoveryOptions, signal: AbortSignal): Promise<void> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  socket.on('message', (message, from) => {
    const text = message.toString('utf8');
    const related = /MessageID[^>]*>([^<]+)</.exec(text)?.[1];
    if (!/Probe/.test(text) || related === undefined) return;
    socket.send(options.rubbish ?? probeMatch(options, related), from.port, from.address, () => {});
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(PORT, () => {
      socket.addMembership(GROUP, '127.0.0.1');
      resolve();
    });
  });
  signal.addEventListener('abort', () => socket.close(), { once: true });
}

const probeMatch = ({ endpoint, address, name }: DiscoveryOptions, related: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl"><s:Header><a:MessageID>urn:uuid:${randomUUID()}</a:MessageID><a:RelatesTo>${related}</a:RelatesTo><a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/ProbeMatches</a:Action></s:Header><s:Body><d:ProbeMatches><d:ProbeMatch><a:EndpointReference><a:Address>${endpoint}</a:Address></a:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/name/${encodeURIComponent(name)} onvif://www.onvif.org/hardware/dome</d:Scopes><d:XAddrs>${address}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>`;
