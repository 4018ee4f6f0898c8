/** `gatehouse credential key|issue|present|verify|revoke|status`: see tool.ts. */
import '../../devices/engine.ts';
import { runCredentialTool } from './tool.ts';

process.exitCode = await runCredentialTool(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  remark: (text) => process.stderr.write(text),
});
