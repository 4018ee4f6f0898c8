/** Names of programs and how to read one through the disguises of shells. */
import { wordSet } from './linear.ts';

/** Programs of Unix and Windows that nobody types into a shop. */
export const programs =
  wordSet(`wget bash zsh ksh csh tcsh netcat ncat nslookup whoami uname ifconfig ipconfig netstat chmod chown
  chroot mkfifo gawk egrep fgrep xargs busybox scp rsync gunzip bunzip2 crontab systemctl useradd usermod adduser passwd sudo lsof
  printenv tftp powershell pwsh certutil bitsadmin mshta rundll32 regsvr32 wmic cscript wscript schtasks tasklist taskkill systeminfo
  python2 python3 perl5 php5 php7 php8 phpcgi nodejs gcc cc ssh-keygen sh nc ls pwd mknod setsid nohup rbash tcpdump strace gdb
  ldd dmesg iptables mkdir rmdir rm mv cp ln dd xxd hexdump openssl socat telnet ps pgrep pkill killall lsb_release hostname hostid
  fsutil icacls cacls attrib netsh nltest vssadmin wevtutil msiexec forfiles cmd cmd.exe powershell.exe arp traceroute tracert dig
  zcat bzcat xzcat lzcat zless zmore gtfobins mawk nawk getent sysctl apt-get apt yum dnf pip pip3 npm lwp-download lwp-request aria2c axel rlwrap
  base32 base64 basenc md5sum sha1sum sha256sum ifup iconv rev shuf tac nl od uuencode uudecode unzip funzip gzip bzip2 xz timedatectl findmnt jrunscript jjs mysqldump mysqladmin psql
  atbroker certoc certreq cmdkey cmdl32 cmstp colorcpl conhost diantz diskshadow dnscmd esentutl eventvwr extexport extrac32 findstr fltmc gpscript ie4uinit ieexec
  ilasm infdefaultinstall installutil ldifde makecab mavinject mmc msbuild msconfig msdt odbcconf pcalua pcwrun pktmon pnputil presentationhost printbrm regasm regini regsvcs
  rpcping runonce scriptrunner syncappvpublishingserver tttracer verclsid wbadmin winget wsreset wuauclt xwizard bcdboot bcdedit bootcfg chcp chkdsk cleanmgr defrag diskpart doskey
  driverquery eventcreate gpresult gpupdate klist logman logoff manage-bde mklink mountvol nbtstat openfiles pathping perfmon qprocess quser qwinsta rasdial sfc subst takeown tracerpt
  typeperf tzutil winmgmt winrm winrs regedit xcopy robocopy
  aa-exec agetty ansible ansible-playbook ansible-config ansible-console ansible-doc ansible-galaxy ansible-inventory ansible-vault ansible-pull apache2ctl aptitude arj aspell bpftrace bundler busctl c89 c99 cabal
  chef-client chef-run chef-vault cobc cowsay cpan cpio cscli csplit cupsfilter dmidecode dmsetup dnsmasq dosbox dpkg dstat dvips easy_install easyrsa elvish enscript exiftool facter gcloud gcore genisoimage ghc ghci ginsh gtester
  hping3 iftop ionice ispell jtag ksshell ksu lastlog ldconfig lftp loginctl logrotate logsave lpadmin ltrace lualatex luatex mailx minicom mosquitto_pub msfconsole msgattrib msgcat msgconv msgfilter msgmerge msguniq mtr mutt nasm ncdu
  ncftp neofetch nft npx nroff ntpdate octave openvpn openvt opkg pandoc pdflatex pdftex perlbug pexec pidstat pipx podman psftp pwsh rake readelf redis-cli restic rlogin rpm rpmdb rpmquery rpmverify rsyslogd rtorrent run-mailcap run-parts rview rvim
  scanmem screen scrot slsh smbclient soelim softlimit sqlite3 ss ssh-agent ssh-keyscan sshpass start-stop-daemon systemd-resolve systemd-run tasksh tdbtool terraform tmate tmux troff uconv unsquashfs update-alternatives valgrind varnishncsa vigr vipw
  w3m whiptail whois xdotool xelatex xetex xmodmap yash zic zsoelim zypper groupadd groupmod addgroup lsblk lscpu lsmod lspci lsusb modprobe insmod blkid fdisk mkfs iwconfig ip6tables ufw auditctl ausearch newgrp setfacl getfacl chattr lsattr
  pkexec doas visudo vim tclsh irb getcap setcap capsh unshare nsenter docker kubectl journalctl logger tshark ltrace htop fping`);
/** Programs that run the program behind them. */
export const wrappers = wordSet(
  'time sudo doas nohup env nice ionice timeout xargs exec command eval setsid stdbuf watch su call start busybox strace nsenter chroot builtin rlwrap',
);
/** Programs whose names are words as well: it depends on what follows. */
export const wordPrograms =
  wordSet(`curl dash ash nano ed emacs lua ruby fold expand unexpand comm strings ln ll rc vi cat echo id ping find more less head tail sort cut test date who w host net dir type del copy sleep kill env
  set export eval exec source python perl php node awk sed grep tar su make time watch last top at file stat touch tee split join paste
  print printf read shutdown reboot start call move ren reg route run look ar as bc diff view man script service mount mail wall write
  talk which whereis locate users groups finger ftp ssh git svn java javac go zip install chat nice du df free uptime history alias cd for if while until case select function true false exit command builtin declare local let trap type uniq wc tr dir echo. rem pushd popd assoc ver vol tree cls color title path prompt sc at if xcopy robocopy expand compact convert`);

export interface ReadCommand {
  name: string;
  end: number;
  /** Quotes, carets, backslashes or empty variables within the name. */
  disguised: boolean;
  /** Written as a pattern (`/b?n/c*t`). */
  pattern: boolean;
  absolute: boolean;
}

const MAX_NAME = 96;

/** Reads what a shell would take for a command's name at this place of lower-case text. */
export function readCommand(text: string, from: number): ReadCommand | undefined {
  let at = from;
  while (' \t({!@\n\r'.includes(text.charAt(at)) && at < text.length) at++;
  // A variable that is empty, before the command.
  const empty = /^\$[a-z_@*][a-z0-9_]{0,16}\s{1,4}/.exec(text.slice(at, at + 24));
  if (empty !== null) at += empty[0].length;
  // Assignments before a command: `x=1 cat`; redirections before it: `<x cat`.
  for (let count = 0; count < 3; count++) {
    const assigned = /^[a-z_][a-z0-9_]{0,24}=[^\s;|&]{0,32}\s/.exec(text.slice(at, at + 64));
    if (assigned === null) break;
    at += assigned[0].length;
  }
  let name = '';
  let disguised = false;
  let pattern = false;
  let began = '';
  const limit = Math.min(text.length, at + MAX_NAME);
  for (; at < limit; at++) {
    const one = text.charAt(at);
    if ((one >= 'a' && one <= 'z') || (one >= '0' && one <= '9') || '._-/~'.includes(one)) name += one;
    else if (one === "'" || one === '"' || one === '^' || one === '`') {
      if (name === '') began = one;
      else if (!(began === one && /[\s;|&)]|^$/.test(text.charAt(at + 1)))) disguised = true;
      // An opening quotation mark that is closed by the end of a value is the application's.
      if (
        name !== '' &&
        one !== '^' &&
        /^(?:$|[\s,;|&)])/.test(text.slice(at + 1, at + 2)) &&
        began !== one
      ) {
        disguised = false;
        break;
      }
    } else if (one === '\\') {
      if (/[a-z0-9]/.test(text.charAt(at + 1))) disguised = true;
    } else if (one === '<' && text.startsWith('<()', at) && name !== '') {
      disguised = true;
      at += 2;
    } else if (one === '?' || one === '*' || one === '[' || one === ']') {
      pattern = true;
      name += one;
    } else if (one === '$') {
      const gap = /^\$(?:[@*!_0-9?#$-]|\{[^}]{0,24}\}|\(\)|ifs\b|[a-z_]{1,12})/.exec(text.slice(at, at + 32));
      if (gap === null) break;
      if (/ifs/.test(gap[0])) break;
      disguised = name !== '' || disguised;
      at += gap[0].length - 1;
    } else break;
  }
  if (name === '') return undefined;
  const absolute =
    name.startsWith('/') || name.startsWith('~/') || name.startsWith('./') || name.includes('/bin/');
  const slash = name.lastIndexOf('/');
  const bare = name.slice(slash + 1);
  return { name: bare, end: at, disguised, pattern, absolute };
}
