/** Paths: out of the root, to files that are nobody's business by their class, to what attackers leave or look for. */
import { trick } from './decode.ts';
import type { Findings } from './findings.ts';
import { anyOf, linear, wordSet, words } from './linear.ts';
import { mark, type Part } from './request-parts.ts';

const disclosure = 'file-disclosure';

interface Walk {
  up: number;
  /** How far above its beginning the path leads at its deepest. */
  out: number;
  segments: string[];
}

/** Walks a path as servers do: both slashes, blank and repeated segments, parameters (`..;`) dropped. */
export function walk(lower: string): Walk {
  const segments: string[] = [];
  let up = 0;
  let out = 0;
  for (const piece of lower.split(/[/\\]/)) {
    const semicolon = piece.indexOf(';');
    const segment = (semicolon < 0 ? piece : piece.slice(0, semicolon)).trim();
    if (segment === '' || segment === '.') continue;
    // `....//` becomes `../` where a filter removes `../` once; `..` with dots or blanks behind is `..` on Windows.
    if (/^\.{2,8}$/.test(segment)) {
      up++;
      if (segments.length > 0) segments.pop();
      else out++;
    } else segments.push(segment);
  }
  return { up, out, segments };
}

const unixFiles = linear(
  ...words(`etc/(?:passwd|shadow|group|hosts|issue|sudoers|fstab|motd|profile|crontab|mtab|environment|master)
    etc/(?:apache2?|nginx|httpd|mysql|php|ssh|ssl|init|cron|security|sysconfig|resolv|hostname|redhat|debian|pam|rc|my\\.cnf|samba|ftp|exports|inetd|ldap|kubernetes)
    proc/(?:self|version|cmdline|[0-9]|cpuinfo|net|mounts|stat|meminfo|sched|loadavg) /proc/ /dev/(?:null|tcp|udp|random|zero|stdin|shm|fd|stdout|mem)
    var/(?:log|lib/|mail|spool|run|backups|www/html|adm) /root/ usr/local/(?:apache|etc|nginx|tomcat) /opt/lampp /boot/ sys/(?:class|devices) /home/[a-z0-9._-]{1,16}/\\.
    \\.ssh/ \\.bash_(?:history|profile|rc|logout) \\.bashrc \\.(?:zsh|mysql|psql|sh|ksh|sqlite|node_repl|python)_history \\.profile\\b \\.netrc \\.pgpass \\.my\\.cnf id_(?:rsa|dsa|ecdsa|ed25519) authorized_keys known_hosts
    \\.aws/ \\.kube/ \\.docker/ \\.gnupg/ \\.npmrc \\.pypirc \\.git-credentials`),
);
const windowsFiles = linear(
  ...words(`win\\.ini system\\.ini boot\\.ini system32 syswow64 windows[/\\\\](?:system|win|repair|debug|temp|panther|php|my) winnt[/\\\\] inetpub [/\\\\]sam\\b php\\.ini my\\.ini autoexec\\.bat
    ntuser\\.dat global\\.asa unattend\\.xml sysprep cmd\\.exe regedit sethc\\.exe pagefile\\.sys desktop\\.ini programdata docume~1`),
);
const serverFiles = linear(
  ...words(`wp-config local\\.xml localconfig settings\\.(?:inc|local|py|php) config(?:uration)?\\.(?:inc|php|yml|yaml|json|xml|bak|old) web\\.config httpd\\.conf nginx\\.conf
    \\.ht(?:access|passwd|group|digest) web-inf meta-inf \\.(?:git|svn|hg|bzr|cvs)(?:/|$|ignore|modules|attributes) \\.env\\b \\.ds_store database\\.yml secrets?\\.(?:yml|json|env|txt) credentials
    app(?:lication)?-?(?:dev|prod|local)?\\.(?:properties|yml) parameters\\.yml wp-content/(?:debug|uploads/.{0,24}\\.php) composer\\.(?:json|lock) docker-compose dockerfile package(?:-lock)?\\.json
    phpunit sftp-config \\.vscode \\.idea/ gruntfile gulpfile makefile$ local_settings server\\.xml context\\.xml tomcat-users struts\\.xml faces-config hibernate\\.cfg access[_.-]log error[_.-]log db\\.php dump\\.sql
    log4j2?\\. logback wp-includes/ \\.dockerenv \\.travis \\.gitlab \\.circleci jenkinsfile vagrantfile procfile$ \\.htpasswd \\.well-known/\\.`),
);

/** Extensions of what a server keeps for itself: configuration, data, sources, copies, keys, programs. */
const keptExtension =
  wordSet(`asa asax ascx backup bak bat bkp cfg cmd com conf config copy cs csproj csr csproj.user dat db dbf dll
  dos env exe htr htw ida idc idq inc ini jks java key keystore kdbx lnk log mdb mdf old orig ora pass pcap pem pfx p12 pgsql php~ pl~ pol
  ppk printer properties pwd py rdb rdp resources resx sav save sh sql sqlite sqlite3 sqlitedb swo swp sys temp tfstate tmp
  vb vbproj vbs vsdisco webinfo xsd xsx axd cdx cer licx rpm deb tpl crt yml yaml toml lock bz2 rar 7z tgz`);
/** Of these, what shops serve as well. */
const sometimesServed = wordSet(
  'axd exe yml yaml dat xsd cer crt com py sh temp tmp lock copy toml java tpl db key config rpm deb log save cs properties resources env rar 7z tgz bz2',
);

/** Tools and pages of administration by the class of software; asked for where they are not, it is a search for a way in. */
const wantedPages = linear(
  ...words(
    `(?:php|db|my|sql|p|m|pg)[-_]?(?:myadmin|minadmin|pgadmin|admin[0-9]?\\.php) phpinfo adminer php-?info server-(?:status|info) _profiler _ignition telescope/ horizon/api eval-stdin
    /cgi-bin/ /actuator /jolokia /jmx-console /web-console /invoker/ /manager/(?:html|text|status) /host-manager /solr/ /hudson /jenkins /script$ /console/?$ /owa/ /ecp/ /autodiscover
    /boaform /hnap1 /setup\\.cgi /goform/ /gponform /cgi/ /tmui/ /vpn/ /remote/(?:login|fgt) /dana-na /+cscoe /geoserver /druid/ /nacos /druid /swagger /v2/api-docs /graphiql /_cat/ /_search
    /wp-admin/(?:install|setup-config|admin-ajax|includes) wlwmanifest /struts /login\\.action /index\\.action /axis2 /ckfinder /fckeditor /elfinder /kcfinder /uploadify /filemanager /timthumb
    /debug/(?:default|vars|pprof) /trace\\.axd /elmah /.aws /.git /metrics$ /env$ /heapdump /dump$ /backup /install\\.php /shell /cmd[./] /webshell /wso[0-9.] /c99 /r57 /b374k /alfa /mini\\.php /up(?:load)?(?:er)?\\.php /vendor/ /old/$ /config\\.php /test\\.php /info\\.php /1\\.php /x\\.php`
      .replaceAll('/+', '/\\+')
      .replaceAll('/.', '/\\.'),
  ),
);
const shells = anyOf(
  'c99 r57 wso b374k weevely alfa china antak aspxspy jspspy regeorg tunnel webshell backdoor cmdshell phpspy devilzshell indoxploit minishell mini_shell p0wny locus7s',
  '',
  '[a-z0-9_-]{0,12}\\.(?:php|phtml|asp|jsp|cfm)',
);

/** Reached nothing, or it is not known what. */
const isMissing = (status: number | undefined) =>
  status === undefined ||
  status === 404 ||
  status === 403 ||
  status === 401 ||
  status === 400 ||
  status === 410;

export function findFiles(part: Part, status: number | undefined, findings: Findings): void {
  const { lower, marks, kind, tricks } = part;
  if (kind === 'agent') return;
  if (marks & mark.dots && lower.includes('..')) findTraversal(part, findings);
  if ((marks & (mark.slash | mark.dot)) === 0) return;
  if (kind === 'referer') return;
  const isValue = kind !== 'path';
  const file =
    (marks & mark.slash || marks & mark.dot ? unixFiles.exec(lower) : null) ??
    (marks & mark.letter ? windowsFiles.exec(lower) : null);
  if (file !== null) {
    const isUrl = lower.startsWith('http');
    findings.add(disclosure, isUrl ? 3 : 5, `a file of the system (${file[0]})`, part, file.index);
  } else if (isValue && /(?:^|[\s"'=;,<(])\/etc\/[a-z.]/.test(lower))
    findings.add(disclosure, 5, 'a file of the system (/etc)', part);
  if (marks & mark.dot || marks & mark.dash) {
    const kept = serverFiles.exec(lower);
    if (kept !== null)
      findings.add(
        isValue ? disclosure : 'probe',
        isValue && (lower.includes(' ') || lower.startsWith('http')) ? 3 : 5,
        `a file that a server keeps for itself (${kept[0]})`,
        part,
        kept.index,
      );
  }
  if (isValue) {
    if (/^(?:[a-z]:[/\\]|\\\\[\w.-]{1,64}\\)/.test(lower))
      findings.add(disclosure, lower.charCodeAt(0) === 92 ? 5 : 3, 'a path of Windows', part);
    return;
  }
  if (marks & mark.backslash)
    findings.add('path-traversal', 3, 'a backslash in the path', part, lower.indexOf('\\'));
  if (tricks & trick.nullByte) findings.add('path-traversal', 3, 'a path cut off by a null byte', part);
  const { segments } = walk(lower);
  const last = segments.at(-1) ?? '';
  const hidden = segments.find((one) => one.startsWith('.') && one !== '.well-known' && one.length > 1);
  if (hidden !== undefined)
    findings.add('probe', 5, `a hidden file (${hidden})`, part, lower.indexOf(hidden));
  const dot = last.lastIndexOf('.');
  const extension = dot < 0 ? '' : last.slice(dot + 1);
  if (last.endsWith('~') || /\.(?:php|jsp|aspx?|html?|inc)\.[a-z0-9_]{1,8}$/.test(last))
    findings.add('probe', 5, `a copy of a source (${last})`, part);
  else if (keptExtension.has(extension)) {
    const often = sometimesServed.has(extension);
    findings.add(
      'probe',
      often && !isMissing(status) ? 2 : 5,
      `a kind of file that a server keeps for itself (.${extension})`,
      part,
    );
  }
  const shell = shells.exec(lower);
  if (shell !== null) findings.add('probe', 5, `a web shell by its name (${shell[0]})`, part, shell.index);
  const page = wantedPages.exec(lower);
  if (page !== null)
    findings.add(
      'probe',
      isMissing(status) && status !== undefined ? 5 : status === undefined ? 3 : 1,
      `a tool of administration (${page[0]})`,
      part,
      page.index,
    );
}

function findTraversal(part: Part, findings: Findings): void {
  const { lower, kind, tricks } = part;
  const family = 'path-traversal';
  const isDisguised =
    (tricks & (trick.overlong | trick.needless | trick.asciiAsUnicode | trick.nullByte)) !== 0;
  const address = /^[a-z]{2,8}:\/\/[^/]{0,255}/.exec(lower)?.[0].length ?? 0;
  // `1..5` and `wait...` are no path.
  const step = /(?:^|[/\\=:;,\s])\.{2,8}(?:[/\\;]|$)|\.\.[/\\]/.exec(lower);
  if (step === null) return;
  const { up, out } = walk(lower.slice(address));
  const hasSlash = /\.\.[;]?[/\\]|[/\\]\.\./.test(lower);
  if (!hasSlash) {
    if (isDisguised || lower.trim() === '..')
      findings.add(family, isDisguised ? 5 : 3, 'a step up', part, step.index);
    return;
  }
  if (isDisguised) findings.add(family, 5, 'a step up in disguise', part, step.index);
  else if (kind === 'path')
    findings.add(
      family,
      out > 0 || /[;\\]/.test(lower) ? 5 : up > 1 ? 5 : 3,
      out > 0 ? 'a path that leaves the root' : 'a step up in the path',
      part,
      step.index,
    );
  else if (kind === 'referer')
    findings.add(family, out > 1 ? 5 : 2, 'a path that leaves the root', part, step.index);
  else
    findings.add(
      family,
      up > 1 ||
        lower.includes('..\\') ||
        /\.{4,8}[/\\]/.test(lower) ||
        /\.\.[/\\]{1,4}[a-z0-9_-]{1,32}[/\\.]/.test(lower)
        ? 5
        : 4,
      up > 1 ? `a path that leads ${up} levels up` : 'a step up',
      part,
      step.index,
    );
}
