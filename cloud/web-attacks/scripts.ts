/** Code of PHP, JavaScript on servers, Java, Python, Ruby, Perl and ASP in what should be data, and objects on the wire. */
import type { Findings } from './findings.ts';
import { anyOf, linear, wordSet, words } from './linear.ts';
import { isProse } from './prose.ts';
import { mark, type Part } from './request-parts.ts';

/** Functions of PHP that run, read, write or tell; the number is what one call weighs. */
const strongCalls =
  wordSet(`system exec passthru shell_exec popen proc_open pcntl_exec pcntl_fork eval assert create_function preg_replace preg_replace_callback
  call_user_func call_user_func_array base64_decode gzinflate gzuncompress gzdecode str_rot13 file_get_contents file_put_contents fopen fsockopen readfile
  phpinfo phpversion phpcredits php_uname php_sapi_name posix_getpwuid posix_getuid posix_kill posix_setuid posix_mkfifo posix_getlogin get_defined_vars get_defined_functions get_defined_constants getenv putenv ini_set ini_get ini_restore
  show_source highlight_file highlight_string parse_ini_file move_uploaded_file unserialize register_shutdown_function register_tick_function array_map array_walk
  array_filter usort uasort uksort ob_start error_log symlink scandir opendir readdir glob fpassthru file_exists is_readable simplexml_load_string simplexml_load_file
  extract parse_str mb_ereg_replace mb_eregi_replace ob_get_contents curl_exec curl_init curl_multi_exec ftp_connect ftp_get ftp_put mysql_query mysqli_query pg_query sqlite_query
  set_include_path dl virtual apache_child_terminate array_diff_uassoc array_udiff array_uintersect iterator_apply is_callable func_get_args func_get_arg bzopen gzopen
  gzfile gzread gzwrite gzpassthru gzencode gzcompress bson_decode bson_encode convert_uuencode convert_uudecode hex2bin bin2hex str_repeat strrev substr_replace
  escapeshellarg escapeshellcmd session_start set_error_handler set_exception_handler spl_autoload_register stream_context_create stream_get_contents tmpfile tempnam
  wp_insert_user getcwd getmypid get_current_user gethostbyname disk_free_space chr ord pack array_reduce array_intersect_ukey require_once include_once file fwrite fread fgets fputs
  readgzfile php_strip_whitespace lcfirst ucfirst nl2br sha1_file md5_file rename_function runkit_function_rename override_function get_cfg_var zend_version sys_get_temp_dir php_ini_loaded_file json_encode var_dump print_r var_export debug_zval_refcount die`);
/** Of these, also words that stand before a parenthesis in prose or in other languages. */
const mildCalls = wordSet(
  'system exec file rename chr ord pack eval glob extract assert virtual die dl str_repeat ucfirst nl2br json_encode usort file_exists print_r',
);

const functionCall = /([a-z_][a-z0-9_]{1,31})(?:\s|\/\*[^*]{0,32}\*\/|(?:#|\/\/)[^\n]{0,32}\n){0,6}\(/g;
/** Text, numbers and lists: harmless in a sentence, code where a value is nothing but the call. */
const everydayCalls =
  wordSet(`substr substr_count strlen strpos str_replace strip_tags printf sprintf vprintf print echo intval floatval trim ltrim rtrim implode explode join split
  abs acos asin atan ceil cos checkdate chop exp floor fmod getdate idate levenshtein link localtime metaphone quotemeta reset rewind round similar_text each key end next current prev pos log dir fileowner abs lcg_value natsort ksort arsort asort rsort krsort sizeof utf8_encode sin soundex sqrt tan umask array_merge array_push
  count sizeof unpack md5 sha1 crc32 crypt date time mktime array list compact range in_array sort shuffle min max round rand mt_rand is_numeric is_array is_string isset empty
  define defined constant function_exists class_exists method_exists header setcookie mail sleep usleep exit unlink mkdir rmdir chmod chown copy touch urlencode urldecode rawurldecode
  htmlspecialchars html_entity_decode addslashes stripslashes serialize gettype settype microtime phpcredits uniqid dirname basename realpath pathinfo stat fileperms filesize filetype`);
const MAX_CALLS = 64;
const codeArgument = /^\s{0,4}(?:\)|\$[a-z_{(]|["'`][^\s]|chr\(|\[|\w{2,8}\()/;

export function findPhp(part: Part, findings: Findings): void {
  const family = 'php-injection';
  const { lower, marks } = part;
  if (marks & mark.angle) {
    const open = lower.search(/<\?(?:php|=|\s)/);
    if (open >= 0) findings.add(family, 5, 'a beginning of PHP', part, open);
    if (/[[{][/\\]?php[\]}]/.test(lower)) findings.add(family, 5, 'a beginning of PHP', part);
  } else if (marks & (mark.bracket | mark.brace) && /[[{][/\\]?php[\]}]/.test(lower))
    findings.add(family, 5, 'a beginning of PHP', part);
  if (marks & mark.angle && lower.includes('?>'))
    findings.add(family, isProse(part.text) ? 2 : 5, 'an end of PHP', part, lower.indexOf('?>'));
  if (marks & mark.dollar) {
    const variable = superglobal.exec(lower);
    if (variable !== null)
      findings.add(family, 5, `a variable of PHP (${variable[0]})`, part, variable.index);
    const own =
      /\$\$?\{?[a-z_]\w{0,31}\}?(?:\[[^\]]{0,32}\]|->\w{1,32}){0,3}\s{0,3}(?:\(|=[^=~])|\$\s{0,8}\{\s{0,8}(?:["'`$]|[a-z_]{2,32}\s{1,8}\})|\$[a-z_]\w{0,31}(?:->|::)/.exec(
        lower,
      );
    if (own !== null && part.kind !== 'path')
      findings.add(
        family,
        own[0].endsWith('(') || own[0].includes('->') || own[0].includes('{') ? 5 : 4,
        'a variable of PHP that is called or set',
        part,
        own.index,
      );
  }
  if (marks & mark.parenthesis && marks & mark.letter) {
    functionCall.lastIndex = 0;
    const prose = isProse(part.text);
    for (let count = 0; count < MAX_CALLS; count++) {
      const call = functionCall.exec(lower);
      if (call === null) break;
      const name = call[1] ?? '';
      // `foo()`, `foo($x)`, `foo("x")`: code in any language, whatever foo is.
      if (
        !prose &&
        part.kind !== 'referer' &&
        codeArgument.test(lower.slice(call.index + call[0].length, call.index + call[0].length + 8)) &&
        !/\s/.test(call[0])
      )
        findings.add('code-injection', 5, `a call of ${name}()`, part, call.index);
      if (!strongCalls.has(name)) {
        const isWhole = call.index <= 2 && /[)(][\s;]{0,4}$/.test(lower.slice(-8));
        const isUnderscored = /^[a-z]{2,24}(?:_[a-z0-9]{1,24}){1,5}$/.test(name) && name.length > 5;
        if (
          isUnderscored &&
          !prose &&
          part.kind === 'value' &&
          lower.includes(')', call.index) &&
          !/^[a-z0-9_]{1,32}_?\([a-z0-9 _-]{1,24}\)$/.test(lower)
        )
          findings.add(family, 4, `a call of ${name}()`, part, call.index);
        const isCode =
          everydayCalls.has(name) || (/^[a-z]{2,24}(?:_[a-z0-9]{1,24}){1,5}$/.test(name) && name.length > 5);
        const isLast = part.kind === 'path' && /[)(][\s;]{0,4}$/.test(lower.slice(-8));
        if (isCode && !prose && (isWhole || isLast))
          findings.add(family, 5, `nothing but a call of ${name}()`, part, call.index);
        continue;
      }
      const isMild = mildCalls.has(name) && !(call.index <= 2 && /\)[\s;]{0,4}$/.test(lower.slice(-8)));
      findings.add(
        family,
        prose ? (isMild ? 1 : 3) : isMild ? 4 : 5,
        `the function ${name}()`,
        part,
        call.index,
      );
      if (
        /["'$`]|\(\s?\)/.test(lower.slice(call.index + call[0].length - 1, call.index + call[0].length + 40))
      )
        findings.add(family, 1, 'with an argument as in code', part, call.index);
    }
    // ("sys"."tem")("id"), (chr(115).…)(…), 'system'(…), $a(…)
    if (
      /(?:\)|["'\]])\s{0,4}(?:\/\*[^*]{0,32}\*\/\s{0,2})?\(\s{0,3}(?:["'$`)(\\]|[a-z_]{2,24}\s?[()'"$])/.test(
        lower,
      ) &&
      /["'.$~^]/.test(lower) &&
      !prose
    )
      findings.add(
        family,
        /["'\s]\.["'\s]|["']\s?\)?\s?\(|\)\s?\(|\]\s?\(|\*\/\)?\s?\(/.test(lower) ? 5 : 4,
        'a function called by its text',
        part,
      );
    else if (
      /^[([]\s{0,8}[([]?[\s/*a-z]{0,48}[a-z_]{2,24}[\s/*a-z]{0,48}[\])](?:\s{0,4}[[{][\s/*a-z0-9]{0,32}[\]}]){0,2}\s{0,4}\([^)]{0,64}\)/.test(
        lower,
      ) &&
      !prose
    )
      findings.add(family, 5, 'a function called by its text', part);
  }
  const name = lower.length < 4_096 && marks & mark.letter ? strongNames.exec(lower) : null;
  if (name !== null) {
    const alone =
      (name.index <= 4 && lower.length - name[0].length <= 6) ||
      /^\s{0,4}\(/.test(lower.slice(name.index + name[0].length));
    findings.add(family, alone ? 5 : 3, `a function's name (${name[0]})`, part, name.index);
  }
  if (marks & (mark.equals | mark.letter)) {
    const directive =
      directives.exec(lower) ??
      (marks & mark.equals && marks & mark.dot && !isProse(part.text) ? moduleDirective.exec(lower) : null);
    if (directive !== null)
      findings.add(family, 5, `a setting of PHP (${directive[0]})`, part, directive.index);
  }
}
const superglobal = linear(
  '\\$_?(?:globals|get|post|request|cookie|server|files|env|session)\\b',
  '\\$(?:globals|this)\\b',
  '\\$_(?:get|post|request|cookie|server|files|env|session)',
  '\\b_(?:get|post|request|server|session|cookie|files)\\[',
  '\\bglobals\\[',
  'http_(?:raw_post_data|response_header|post_vars|get_vars|server_vars|post_files|cookie_vars|env_vars)',
  '\\$(?:argc|argv)\\b',
);
const strongNames = linear(
  ...words(`phpinfo shell_exec proc_open pcntl_exec create_function preg_replace call_user_func call_user_func_array base64_decode gzinflate file_get_contents
  file_put_contents show_source highlight_file move_uploaded_file fsockopen php_uname posix_getpwuid get_defined_vars passthru allow_url_fopen disable_functions
  pfsockopen readgzfile php_strip_whitespace stream_context_create unserialize register_shutdown_function gzuncompress str_rot13 parse_ini_file simplexml_load_file http_raw_post_data bzdecompress`),
);
const moduleDirective = anyOf(
  'session assert mbstring opcache mysql mysqli zend zlib phar pcre exif ffi soap mail xdebug user_agent odbc pgsql iconv intl cgi browscap curl apc ibase highlight sqlite3 tidy openssl',
  '\\b',
  '\\.[a-z_]{3,16}[ ]?=',
);
const directives = anyOf(
  `allow_url_include auto_prepend_file auto_append_file disable_functions open_basedir safe_mode suhosin\\.simulation cgi\\.force_redirect cgi\\.redirect_status_env
   display_errors allow_url_fopen enable_dl extension_dir sendmail_path opcache\\.preload opcache\\.enable include_path
   allow_[a-z_]{3,16} display_[a-z_]{3,16} error_reporting error_log html_errors log_errors memory_limit max_execution_time output_buffering post_max_size report_memleaks request_order short_open_tag
   upload_tmp_dir upload_max_filesize variables_order track_errors xmlrpc_errors implicit_flush expose_php ignore_user_abort docref_root doc_root register_globals file_uploads user_dir user_ini\\.filename`,
  '\\b',
  '[ ]?[=\\]]',
);

const serverScript = anyOf(
  `child_process process\\.(?:env|exit|mainmodule|binding|argv|kill|spawn|version|cwd|open) process\\[ mainmodule globalthis global\\.process __proto__ constructor[.\\[]\\s?["']?(?:prototype|constructor) prototype\\. \\[["']?constructor
   _\\$\\$nd_func\\$\\$_ _\\$nd_func this\\.constructor module\\.exports \\)\\.constructor require\\s?\\(["'\`] new\\sfunction\\s?\\( function\\s?\\(\\s?\\)\\s?\\{ execsync spawnsync readfilesync writefilesync readdirsync vm\\.runin object\\.assign object\\.defineproperty reflect\\.[a-z]
   res\\.(?:end|send|write)\\s?\\( await\\simport\\s?\\( console\\.(?:log|debug)\\s?\\( settimeout\\s?\\( \\bwhile\\s?\\( \\bfor\\s?\\(\\s?; \\bdo\\s?\\{ json\\.(?:parse|stringify)\\s?\\(
   __(?:class|globals|builtins|mro|subclasses|init|import|base|bases|dict|getattribute|code)__ os\\.(?:system|popen|execv?|environ) subprocess\\. importlib pickle\\.loads eval\\s?\\( exec\\s?\\( compile\\s?\\(
   kernel\\.(?:exec|system|open|fork|spawn) process\\.(?:spawn|fork|exec|clock_gettime) io\\.popen file\\.(?:open|read|write|expand_path) constantize instance_(?:eval|variable) open3 %x[({\\[] erb\\.new class_eval
   response\\.(?:write|end|redirect|addheader) server\\.(?:createobject|mappath|execute|transfer) createobject wscript\\.shell adodb\\. scripting\\.filesystemobject system\\.(?:diagnostics|io\\.|reflection|net\\.|web\\.)
   @\\{\\[ \\[%= io::file file::temp sprintf\\s?\\(`,
  '',
  '',
);
const globalCalls = anyOf(
  'object array reflect proxy promise symbol buffer fs vm http net util os path console process module json math string number',
  '\\b',
  '\\.[a-z]{2,16}[(`]',
);
/** Variables of servers (RFC 3875, section 4.1), as programs under attack are asked for them. */
const serverVariables =
  anyOf(`http_accept http_connection http_host http_user_agent http_keep_alive http_referer http_x_forwarded_for http_cookie auth_type path_info path_translated query_string
  request_uri request_method remote_addr remote_host remote_user server_name server_addr server_software server_protocol script_name script_filename document_root gateway_interface orig_path_info`);
const java = linear(
  ...words(
    `java\\.(?:lang|io|util|net|nio|rmi|security|beans|text|awt|sql|naming|math|time) javax\\.[a-z]{2,12} java\\.(?:class)
    getruntime runtime\\.exec processbuilder processimpl unmarshaller methodinvok invokerTransformer instantiatetransformer chainedtransformer clonetransformer forclosure instantiatefactory whileclosure prototypeclonefactory prototypeserializationfactory badattributevalueexpexception
    org\\.(?:apache|springframework|codehaus|hibernate|mozilla|jboss|python|mortbay|omg|ow2|javassist) com\\.(?:sun|opensymphony|ibm|oracle|bea|mchange|alibaba|caucho|zaxxer|ysoserial|newrelic|rometools|googlecode) sun\\.(?:misc|reflect|rmi)
    class\\.module class\\.classloader classloader\\. getclass\\( forname\\( \\.getclass getdeclared getmethod\\( newinstance\\( \\bt\\(java \\bt\\(org \\bt\\( #_memberaccess #context #request #session ognlcontext ognl\\. @ognl @java #parameters #application #attr #root #this \\(#[a-z_]{1,16}= xwork methodaccessor scriptengine nashorn
    groovy\\. freemarker velocity\\. \\$class\\. bshservlet beanshell jndi: springframework`.toLowerCase(),
  ),
);

export function findScripts(part: Part, findings: Findings): void {
  const family = 'code-injection';
  const { lower, marks } = part;
  if (part.kind === 'referer' || (marks & (mark.letter | mark.bracket)) === 0) return;
  const prose = isProse(part.text);
  if (marks & (mark.dot | mark.parenthesis | mark.bracket | mark.brace) || lower.includes('_')) {
    const script = serverScript.exec(lower);
    if (script !== null) {
      const isMild = /console|settimeout|json|sprintf|file\.|process\.|compile|eval|exec/.test(script[0]);
      const isName = part.kind === 'name';
      findings.add(
        family,
        prose ? 3 : isMild && !isName ? 4 : 5,
        `code of a server (${script[0]})`,
        part,
        script.index,
      );
      if (!prose && /["'`;({[]/.test(lower))
        findings.add(family, 1, 'with signs of code', part, script.index);
    }
    const global = marks & (mark.parenthesis | mark.backtick) ? globalCalls.exec(lower) : null;
    if (global !== null) findings.add(family, prose ? 2 : 5, `a call of ${global[0]}…)`, part, global.index);
    const variable = lower.includes('_') && part.kind === 'value' ? serverVariables.exec(lower) : null;
    if (variable !== null)
      findings.add(family, prose ? 2 : 5, `a variable of the server (${variable[0]})`, part, variable.index);
    if (part.kind === 'name' && /^[a-z]\w{0,40}?__[a-z]\w{0,40}?__[a-z]/.test(lower))
      findings.add(family, 5, 'a look-up through relations', part);
  } else if (lower.includes('constructor') && part.kind === 'name')
    findings.add(family, 4, 'a prototype', part);
  if (marks & mark.dot || marks & mark.parenthesis || marks & mark.other) {
    const found = java.exec(lower);
    // `com.ibm.icu` in prose, apps that name themselves in a parameter: org.mozilla.firefox.
    if (found !== null && part.kind !== 'agent')
      findings.add(
        family,
        prose
          ? 2
          : part.kind !== 'name' && /^(?:org|com)\.|^t\(|^#/.test(found[0]) && !/[(#@${[]/.test(lower)
            ? 3
            : 5,
        `code of Java (${found[0]})`,
        part,
        found.index,
      );
  } else if (/processbuilder|getruntime|invokertransformer|unmarshaller|classloader/.test(lower))
    findings.add(family, 4, 'code of Java', part);
}

/** Objects as Java, PHP, .NET and Python put them on the wire. */
export function findObjects(part: Part, findings: Findings): void {
  const { text, lower, marks } = part;
  if (part.kind === 'agent' && (marks & mark.brace) === 0) return;
  const family = 'serialised-object';
  if (
    marks & mark.colon &&
    /(?:^|[;{"\s:|])[oc]:\+?\d{1,6}:["\\]|(?:^|[;{])a:\d{1,6}:\{|[;{]s:\d{1,6}:["\\]|(?:^|[;{|])[oc]:\d{1,6}:/.test(
      lower,
    )
  )
    findings.add(family, 5, 'an object of PHP', part);
  const java = text.search(/rO0AB[QXc]|KztAAU|Cs7QAF|aced0005|H4sIAAAAAAAA/);
  if (java >= 0) findings.add(family, text.startsWith('H4s', java) ? 2 : 5, 'an object of Java', part, java);
  if (text.includes('\u00ac\u00ed') || text.includes('¬í'))
    findings.add(family, 5, 'an object of Java', part);
  if (/AAEAAAD\/{2}|\/wE[PykWz]/.test(text.slice(0, 64)) && part.parameter !== '__viewstate')
    findings.add(family, 4, 'an object of .NET', part);
  if (/^(?:gASV|gAN[9jxc]|KGRw|Y29z|Y3Bvc2)/.test(text) || /^c?(?:os|posix|subprocess|builtins)\n/.test(text))
    findings.add(family, 4, 'an object of Python', part);
  if (lower.includes('!!python/') || lower.includes('!!java') || lower.includes('!ruby/'))
    findings.add(family, 5, 'an object in YAML', part);
}
