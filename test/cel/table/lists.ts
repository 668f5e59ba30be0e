import type { Rows } from './row.ts';

export const LISTS: Rows = {
  source: 'k8s.io/apiserver/pkg/cel/library/lists.go; github.com/google/cel-go/ext/{lists,sets}.go',
  holds: [
    "[1, 2, 3].isSorted() && ['a', 'b', 'b'].isSorted() && ![2.0, 1.0].isSorted() && [1].isSorted() && [].isSorted()",
    "[1, 3].sum() == 4 && [1.0, 3.0].sum() == 4.0 && [duration('1m'), duration('1s')].sum() == duration('61s') && [].sum() == 0",
    "[1, 3].min() == 1 && [1, 3].max() == 3 && ['b', 'a'].min() == 'a' && ([0] + []).max() == 0",
    "[1, 2, 2, 3].indexOf(2) == 1 && ['a', 'b', 'b', 'c'].lastIndexOf('b') == 2 && [1.0].indexOf(1.1) == -1",
    '[1, 2, 3, 4].slice(1, 3) == [2, 3] && [1].slice(1, 1) == []',
    '[[1, 2], [3]].flatten() == [1, 2, 3] && [[1], [2]].flatten(1) == [1, 2] && [].flatten() == []',
    "[1, 2, 2, 3].distinct() == [1, 2, 3] && ['b', 'a', 'b'].distinct() == ['b', 'a'] && [[1], [1]].distinct() == [[1]]",
    '[1, 2, 3].reverse() == [3, 2, 1] && lists.range(3) == [0, 1, 2] && lists.range(0) == []',
    "[3, 1, 2].sort() == [1, 2, 3] && ['b', 'a'].sort() == ['a', 'b']",
    "['bb', 'a', 'ccc'].sortBy(x, -x.size()) == ['ccc', 'bb', 'a']",
    '[1, 2].first().value() == 1 && [1, 2].last().value() == 2 && ![].first().hasValue()',
    "object.spec.containers.sortBy(c, c.name).map(c, c.name) == ['app', 'side']",
    'sets.contains([1, 2, 3], [2, 1]) && !sets.contains([1], [1, 2]) && sets.contains([], [])',
    'sets.equivalent([1, 2], [2, 1, 1]) && !sets.equivalent([1], [1, 2]) && sets.equivalent([], [])',
    'sets.intersects([1, 2], [2, 3]) && !sets.intersects([1], [2]) && !sets.intersects([], [])',
  ],
  fails: [
    'object.spec.containers.filter(c, false).map(c, c.name.size()).max() == 1',
    'object.spec.containers.slice(0, 3).size() == 3',
    'object.spec.containers.slice(2, 1).size() == 3',
    "[dyn(1), dyn('a')].sort().size() == 2",
    "['a'].sortBy(x, dyn([x])).size() == 1",
    'lists.range(10000000).size() == 1',
  ],
  refused: [
    "['a'].sum() == 'a'",
    '[[1]].max() == [1]',
    "[1].indexOf('a') == 0",
    "sets.contains([1], ['a'])",
    '[[1]].sort() == []',
    '[1].slice(0) == []',
    '[1].sortBy(x, [x]) == []',
  ],
};
