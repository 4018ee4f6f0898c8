/** What the camera says of itself: answers of its device, media and PTZ services that depend on nothing but it. */

export interface CameraFacts {
  /** `http://127.0.0.1:8081` */
  base: string;
  serial: string;
  mac: string;
  endpoint: string;
  now: number;
  presets: readonly { token: string; name: string }[];
  streamUri: string | undefined;
  offersMqtt: boolean;
}

const profile =
  '<trt:Profiles token="main" fixed="true"><tt:Name>main</tt:Name><tt:VideoSourceConfiguration token="vsc"><tt:Name>vsc</tt:Name><tt:UseCount>1</tt:UseCount><tt:SourceToken>vs</tt:SourceToken><tt:Bounds x="0" y="0" width="320" height="180"/></tt:VideoSourceConfiguration><tt:VideoEncoderConfiguration token="vec"><tt:Name>vec</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>JPEG</tt:Encoding><tt:Resolution><tt:Width>320</tt:Width><tt:Height>180</tt:Height></tt:Resolution><tt:Quality>3</tt:Quality></tt:VideoEncoderConfiguration></trt:Profiles>';

const mediaUri = (uri: string): string =>
  `<trt:MediaUri><tt:Uri>${uri}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout></trt:MediaUri>`;

/** @returns undefined where the operation is not one of these */
export function staticAnswer(operation: string, facts: CameraFacts): string | undefined {
  const { base } = facts;
  switch (operation) {
    case 'GetSystemDateAndTime':
      return dateAndTime(facts.now);
    case 'GetServices':
      return `<tds:GetServicesResponse>${[
        ['ver10/device', 'device_service'],
        ['ver10/media', 'media'],
        ['ver10/events', 'events'],
        ['ver20/ptz', 'ptz'],
      ]
        .map(
          ([name, path]) =>
            `<tds:Service><tds:Namespace>http://www.onvif.org/${name}/wsdl</tds:Namespace><tds:XAddr>${base}/onvif/${path}</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>5</tt:Minor></tds:Version></tds:Service>`,
        )
        .join('')}</tds:GetServicesResponse>`;
    case 'GetDeviceInformation':
      return `<tds:GetDeviceInformationResponse><tds:Manufacturer>Gatehouse</tds:Manufacturer><tds:Model>Simulated dome</tds:Model><tds:FirmwareVersion>1.0</tds:FirmwareVersion><tds:SerialNumber>${facts.serial}</tds:SerialNumber><tds:HardwareId>sim</tds:HardwareId></tds:GetDeviceInformationResponse>`;
    case 'GetEndpointReference':
      return `<tds:GetEndpointReferenceResponse><tds:GUID>${facts.endpoint}</tds:GUID></tds:GetEndpointReferenceResponse>`;
    case 'GetNetworkInterfaces':
      return `<tds:GetNetworkInterfacesResponse><tds:NetworkInterfaces token="eth0"><tt:Enabled>true</tt:Enabled><tt:Info><tt:Name>eth0</tt:Name><tt:HwAddress>${facts.mac}</tt:HwAddress></tt:Info></tds:NetworkInterfaces></tds:GetNetworkInterfacesResponse>`;
    case 'GetServiceCapabilities':
      return `<tev:GetServiceCapabilitiesResponse><tev:Capabilities MaxPullPoints="4"${facts.offersMqtt ? ' EventBrokerProtocols="mqtt mqtts"' : ''}/></tev:GetServiceCapabilitiesResponse>`;
    case 'GetProfiles':
      return `<trt:GetProfilesResponse>${profile}</trt:GetProfilesResponse>`;
    case 'GetVideoSources':
      return '<trt:GetVideoSourcesResponse><trt:VideoSources token="vs"><tt:Framerate>5</tt:Framerate><tt:Resolution><tt:Width>320</tt:Width><tt:Height>180</tt:Height></tt:Resolution></trt:VideoSources></trt:GetVideoSourcesResponse>';
    case 'GetSnapshotUri':
      return `<trt:GetSnapshotUriResponse>${mediaUri(`${base}/snapshot.jpg`)}</trt:GetSnapshotUriResponse>`;
    case 'GetStreamUri':
      return facts.streamUri === undefined
        ? undefined
        : `<trt:GetStreamUriResponse>${mediaUri(facts.streamUri)}</trt:GetStreamUriResponse>`;
    case 'GetPresets':
      return `<tptz:GetPresetsResponse>${facts.presets
        .map(({ token, name }) => `<tptz:Preset token="${token}"><tt:Name>${name}</tt:Name></tptz:Preset>`)
        .join('')}</tptz:GetPresetsResponse>`;
    default:
      return undefined;
  }
}

function dateAndTime(at: number): string {
  const now = new Date(at);
  return `<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime><tt:Time><tt:Hour>${now.getUTCHours()}</tt:Hour><tt:Minute>${now.getUTCMinutes()}</tt:Minute><tt:Second>${now.getUTCSeconds()}</tt:Second></tt:Time><tt:Date><tt:Year>${now.getUTCFullYear()}</tt:Year><tt:Month>${now.getUTCMonth() + 1}</tt:Month><tt:Day>${now.getUTCDate()}</tt:Day></tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`;
}
