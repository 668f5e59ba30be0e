import type { Rows } from './row.ts';

export const REGEX: Rows = {
  source: 'k8s.io/apiserver/pkg/cel/library/regex.go; https://github.com/google/re2/wiki/Syntax',
  holds: [
    "'abc123'.matches('[a-z]+[0-9]+') && 'abc'.matches('b') && !'abc'.matches('^b') && matches('abc', 'c$')",
    "'ABC'.matches('(?i)^abc$') && 'a\\nb'.matches('(?s)a.b') && !'a\\nb'.matches('a.b') && 'a\\nb'.matches('(?m)^b$')",
    "'grüße'.matches('^\\\\p{L}+$') && '😀'.matches('^.$') && 'a-b_c'.matches('^[\\\\w-]+$')",
    "'abc123'.find('[0-9]+') == '123' && 'abc'.find('[0-9]') == '' && 'abc'.find('') == ''",
    "'123 abc 456'.findAll('[0-9]+') == ['123', '456'] && '123 abc 456'.findAll('[0-9]+', 1) == ['123']",
    "'123 abc 456'.findAll('xyz') == [] && '12'.findAll('[0-9]', -1) == ['1', '2'] && '12'.findAll('[0-9]', 0) == [] && 'aXbX'.findAll('[^X]*') == ['a', 'b', '']",
    "object.spec.containers.all(c, c.image.matches('^(ghcr|quay)[.]io/acme/'))",
    "object.spec.containers.exists(c, c.image.matches('@sha256:[0-9a-f]{64}$'))",
  ],
  fails: ["'a'.matches(object.metadata.labels.app + '(')", "'a'.find(object.metadata.labels.app + '[') == ''"],
  refused: [
    "'a'.matches('(')",
    "'a'.matches('a(?=b)')",
    "'a'.matches('(a)\\\\1')",
    "'a'.find('[')",
    "'a'.matches('a{1001}')",
    "'a'.matches(1)",
  ],
};

export const QUANTITIES: Rows = {
  source: 'k8s.io/apiserver/pkg/cel/library/quantity.go',
  holds: [
    "isQuantity('1.3Gi') && isQuantity('1e3') && isQuantity('-1') && !isQuantity('1.3GIB') && !isQuantity('') && isQuantity('Mi') && !isQuantity('1 ')",
    "quantity('1Gi') == quantity('1024Mi') && quantity('1000m') == quantity('1') && quantity('1k') != quantity('1Ki')",
    "quantity('200M').isGreaterThan(quantity('150M')) && quantity('50M').isLessThan(quantity('50Mi'))",
    "quantity('50k').compareTo(quantity('50000')) == 0 && quantity('1').compareTo(quantity('2')) == -1",
    "quantity('50k').add(quantity('20')) == quantity('50020') && quantity('50k').add(20) == quantity('50020')",
    "quantity('50k').sub(quantity('20')) == quantity('49980') && quantity('50k').sub(20) == quantity('49980')",
    "quantity('50k').asInteger() == 50000 && quantity('50k').isInteger() && !quantity('500m').isInteger() && !quantity('1000m').isInteger() && !quantity('1.0').isInteger()",
    "quantity('500m').asApproximateFloat() == 0.5 && sign(quantity('-1')) == -1 && sign(quantity('0')) == 0",
    "object.spec.containers.filter(c, c.?resources.?limits.hasValue()).all(c, quantity(c.resources.limits['memory']).isLessThan(quantity('2Gi')))",
    "type(quantity('1')) == type(quantity('2'))",
  ],
  fails: [
    'quantity(object.metadata.labels.app).isInteger()',
    "quantity('500m').asInteger() == 0",
    "quantity('9999999999E').asInteger() == 0",
  ],
  refused: ['quantity(1).isInteger()', "quantity('1').add('1') == quantity('2')", "quantity('1') < quantity('2')"],
};

export const ADDRESSES: Rows = {
  source: 'k8s.io/apiserver/pkg/cel/library/{ip,cidr,urls}.go',
  holds: [
    "isIP('127.0.0.1') && isIP('::1') && !isIP('127.0.0.256') && !isIP('010.0.0.1') && !isIP('::ffff:1.2.3.4') && !isIP('fe80::1%eth0')",
    "ip.isCanonical('127.0.0.1') && ip.isCanonical('2001:db8::abcd') && !ip.isCanonical('2001:DB8::ABCD') && !ip.isCanonical('2001:db8::0:0:0:abcd')",
    "ip('127.0.0.1').family() == 4 && ip('::1').family() == 6 && ip('::1') == ip('0:0:0:0:0:0:0:1') && ip('::1') != ip('::2')",
    "ip('0.0.0.0').isUnspecified() && ip('::').isUnspecified() && ip('127.9.9.9').isLoopback() && ip('::1').isLoopback() && !ip('::2').isLoopback()",
    "ip('224.0.0.1').isLinkLocalMulticast() && !ip('224.0.1.1').isLinkLocalMulticast() && ip('ff02::1').isLinkLocalMulticast() && !ip('fd00::1').isLinkLocalMulticast()",
    "ip('169.254.169.254').isLinkLocalUnicast() && !ip('192.168.0.1').isLinkLocalUnicast() && ip('fe80::1').isLinkLocalUnicast() && !ip('fec0::1').isLinkLocalUnicast()",
    "ip('192.168.0.1').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast() && ip('2001:db8::abcd').isGlobalUnicast() && !ip('ff00::1').isGlobalUnicast()",
    "string(ip('2001:DB8:0:0:1:0:0:1')) == '2001:db8::1:0:0:1' && string(ip('1:0:0:2:0:0:0:3')) == '1:0:0:2::3' && string(ip('1:0:2:3:4:5:6:7')) == '1:0:2:3:4:5:6:7'",
    "isCIDR('192.168.0.0/16') && isCIDR('::/0') && !isCIDR('192.168.0.0') && !isCIDR('192.168.0.0/33') && !isCIDR('192.168.0.0/016')",
    "cidr('192.168.0.0/24').containsIP('192.168.0.1') && !cidr('192.168.0.0/24').containsIP(ip('192.168.1.1')) && !cidr('10.0.0.0/8').containsIP('::1')",
    "cidr('192.168.0.0/16').containsCIDR('192.168.10.0/24') && cidr('10.0.0.0/8').containsCIDR(cidr('10.0.0.0/8')) && !cidr('10.0.0.0/8').containsCIDR('0.0.0.0/0')",
    "cidr('192.168.1.5/24').ip() == ip('192.168.1.5') && cidr('192.168.1.5/24').masked() == cidr('192.168.1.0/24') && cidr('10.0.0.0/8').prefixLength() == 8",
    "string(cidr('10.0.0.0/8')) == '10.0.0.0/8' && cidr('10.0.0.0/8') != cidr('10.0.0.1/8')",
    "isURL('https://user:pass@example.com:80/path?query=val#fragment') && isURL('/absolute-path') && !isURL('relative') && !isURL('https://a:b:c/') && !isURL('')",
    "url('https://example.com:80/').getHost() == 'example.com:80' && url('https://[::1]:80/').getHost() == '[::1]:80' && url('/path').getHost() == ''",
    "url('https://example.com:80/').getHostname() == 'example.com' && url('https://[::1]:80/').getHostname() == '::1' && url('https://example.com:80/').getPort() == '80' && url('https://example.com/').getPort() == ''",
    "url('https://example.com/a b').getEscapedPath() == '/a%20b' && url('HTTPS://a').getScheme() == 'https' && url('/path').getScheme() == ''",
    "url('https://a/?k=a&k=b&c=d+e%26').getQuery() == {'k': ['a', 'b'], 'c': ['d e&']} && url('https://a').getQuery() == {}",
  ],
  fails: [
    'ip(object.metadata.labels.app).family() == 4',
    'cidr(object.metadata.labels.app).prefixLength() == 4',
    "url(object.metadata.labels.app).getHost() == ''",
    'ip.isCanonical(object.metadata.labels.app)',
    "cidr('10.0.0.0/8').containsIP(object.metadata.labels.app)",
  ],
  refused: [
    'ip(1).family() == 4',
    "ip('::1') == '::1'",
    "cidr('10.0.0.0/8').contains('10.0.0.1')",
    "url('a').getPath() == ''",
  ],
};

export const FORMATS: Rows = {
  source: 'k8s.io/apiserver/pkg/cel/library/format.go',
  holds: [
    "!format.dns1123Label().validate('web-1').hasValue() && format.dns1123Label().validate('Web').hasValue() && format.dns1123Label().validate('').hasValue()",
    "!format.dns1123Subdomain().validate('a.b-c').hasValue() && format.dns1123Subdomain().validate('a..b').hasValue() && format.dns1035Label().validate('1a').hasValue()",
    "!format.dns1123LabelPrefix().validate('web-').hasValue() && format.dns1123Label().validate('web-').hasValue()",
    "!format.qualifiedName().validate('example.com/a_B').hasValue() && format.qualifiedName().validate('a/b/c').hasValue() && !format.labelValue().validate('').hasValue()",
    "!format.uuid().validate('123e4567-e89b-12d3-a456-426614174000').hasValue() && format.uuid().validate('x').hasValue()",
    "!format.byte().validate('aGVsbG8=').hasValue() && format.byte().validate('aGVsbG8').hasValue() && !format.date().validate('2021-01-01').hasValue() && format.date().validate('2021-13-01').hasValue()",
    "!format.datetime().validate('2021-01-01T00:00:00Z').hasValue() && format.datetime().validate('2021-01-01').hasValue() && !format.uri().validate('http://a.b').hasValue() && format.uri().validate('no').hasValue()",
    "format.named('dns1123Label').hasValue() && !format.named('nope').hasValue() && format.named('uuid').value() == format.uuid()",
    "format.dns1123Label().validate('Web').value().size() == 1",
  ],
  fails: ["format.named(object.metadata.labels.app).value().validate('a').hasValue()"],
  refused: ["format.nope().validate('a').hasValue()", 'format.dns1123Label().validate(1).hasValue()'],
};

export const SEMVERS: Rows = {
  source: 'k8s.io/apiserver/pkg/cel/library/semverlib.go',
  holds: [
    "isSemver('1.0.0') && isSemver('1.0.0-alpha.1+b') && !isSemver('v1.0') && !isSemver('1.0') && !isSemver('01.0.0') && !isSemver('v1.0.0')",
    "isSemver('v1.0', true) && isSemver('v01.02', true) && !isSemver('v1.0-alpha', true) && isSemver('1', true)",
    "semver('1.2.3').major() == 1 && semver('1.2.3').minor() == 2 && semver('1.2.3').patch() == 3 && semver('v1.2', true).patch() == 0",
    "semver('1.2.3').isGreaterThan(semver('1.2.2')) && semver('1.0.0-alpha').isLessThan(semver('1.0.0')) && semver('1.2.3').compareTo(semver('1.10.0')) == -1",
    "semver('1.0.0-alpha.2').isLessThan(semver('1.0.0-alpha.10')) && semver('1.0.0-1').isLessThan(semver('1.0.0-a')) && semver('1.0.0') == semver('v1', true)",
    "semver('1.0.0+a') == semver('1.0.0+b')",
  ],
  fails: [
    'semver(object.metadata.labels.app).major() == 1',
    "semver('v1.0.' + object.metadata.labels.number).major() == 1",
  ],
  refused: ['semver(1).major() == 1', "semver('1.0.0') < semver('2.0.0')"],
};

export const OPTIONALS: Rows = {
  source: 'github.com/google/cel-go/cel/library.go',
  holds: [
    'optional.of(1).hasValue() && !optional.none().hasValue() && optional.of(1).value() == 1 && optional.none().orValue(2) == 2',
    "optional.ofNonZeroValue('').orValue('x') == 'x' && optional.ofNonZeroValue(1).value() == 1 && !optional.ofNonZeroValue([]).hasValue()",
    'optional.of(1).or(optional.of(2)).value() == 1 && optional.none().or(optional.of(2)).value() == 2',
    "{'a': 1}.?a.value() == 1 && !{'a': 1}.?b.hasValue() && {'a': {'b': 1}}.?a.b.value() == 1 && !{'a': {}}.?b.c.hasValue()",
    "[1, 2][?1].value() == 2 && ![1][?5].hasValue() && {'a': 1}[?'a'].value() == 1 && {'a': [1]}.?a[0].value() == 1",
    'optional.of(1).optMap(x, x + 1).value() == 2 && !optional.none().optMap(x, x).hasValue()',
    'optional.of(1).optFlatMap(x, optional.of(x + 1)).value() == 2 && !optional.of(1).optFlatMap(x, optional.none()).hasValue()',
    "[1, ?optional.of(2), ?optional.none()] == [1, 2] && {?'a': optional.of(1), ?'b': optional.none()} == {'a': 1}",
    'optional.of(1) == optional.of(1) && optional.of(1) != optional.of(2) && optional.none() == optional.none()',
    '[optional.of(1), optional.none()].unwrapOpt() == [1] && optional.unwrap([optional.of(1)]) == [1]',
    // What stands in is evaluated only where it is needed.
    'optional.of(1).orValue([1][5]) == 1',
    "object.?spec.?nodeName.orValue('none') == 'none' && object.spec.?securityContext.runAsUser.orValue(0) == 1000",
    "has({'a': {'b': 1}}.?a.b) && !has({'a': {'b': 1}}.?b.c)",
  ],
  fails: [
    'optional.none().value() == 1',
    "object.spec.?nodeName.value() == ''",
    'optional.none().orValue([1][5]) == 1',
  ],
  refused: [
    "optional.of(1).orValue('a') == 1",
    '1.?a.hasValue()',
    "optional.of('a').or('b').hasValue()",
    '(1).hasValue()',
    '[?1] == [1]',
  ],
};

export const TIMES: Rows = {
  source: 'github.com/google/cel-spec/doc/langdef.md; github.com/google/cel-go/common/types',
  holds: [
    "timestamp('2026-01-01T00:00:00Z') < timestamp('2027-01-01T00:00:00Z') && timestamp(0) == timestamp('1970-01-01T00:00:00Z')",
    "timestamp('2026-01-01T00:00:00Z') + duration('1h') == timestamp('2026-01-01T01:00:00Z') && timestamp('2026-01-01T02:00:00+02:00') == timestamp('2026-01-01T00:00:00Z')",
    "timestamp('2026-01-02T00:00:00Z') - timestamp('2026-01-01T00:00:00Z') == duration('24h')",
    "duration('1h30m') == duration('90m') && duration('-1.5s') < duration('0') && duration('1h') - duration('30m') == duration('1800s')",
    "string(duration('1h30m0.5s')) == '5400.5s' && string(timestamp('2026-01-01T00:00:00.5Z')) == '2026-01-01T00:00:00.5Z' && int(duration('1s')) == 1000000000",
    "duration('3730s').getHours() == 1 && duration('3730s').getMinutes() == 62 && duration('3730s').getSeconds() == 3730 && duration('1.5s').getMilliseconds() == 1500",
    "timestamp('2026-03-04T05:06:07.089Z').getFullYear() == 2026 && timestamp('2026-03-04T05:06:07.089Z').getMonth() == 2 && timestamp('2026-03-04T05:06:07.089Z').getDate() == 4",
    "timestamp('2026-03-04T05:06:07.089Z').getDayOfMonth() == 3 && timestamp('2026-03-04T05:06:07.089Z').getDayOfWeek() == 3 && timestamp('2026-03-04T05:06:07.089Z').getDayOfYear() == 62",
    "timestamp('2026-03-04T05:06:07.089Z').getHours() == 5 && timestamp('2026-03-04T05:06:07.089Z').getMinutes() == 6 && timestamp('2026-03-04T05:06:07.089Z').getSeconds() == 7 && timestamp('2026-03-04T05:06:07.089Z').getMilliseconds() == 89",
    "timestamp('2026-01-01T00:00:00Z').getHours('America/Los_Angeles') == 16 && timestamp('2026-01-01T00:00:00Z').getHours('+05:30') == 5 && timestamp('2026-01-01T00:00:00Z').getMinutes('05:30') == 30",
    "timestamp('2026-07-01T00:00:00Z').getHours('Europe/Berlin') == 2 && int(timestamp('1970-01-01T00:01:00Z')) == 60",
  ],
  fails: [
    'timestamp(object.metadata.labels.app) == timestamp(0)',
    "duration(object.metadata.labels.app) == duration('0')",
    'timestamp(0).getHours(object.metadata.labels.app) == 0',
    'timestamp(0) + duration(object.metadata.labels.number + "0000000000h") == timestamp(0)',
  ],
  refused: [
    "timestamp('2026-01-01') == timestamp(0)",
    "duration('1d') == duration('0')",
    'timestamp(0) + 1 == timestamp(1)',
    "duration('1h') == '1h'",
  ],
};
