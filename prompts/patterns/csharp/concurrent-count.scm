; title: Count or Keys of a ConcurrentDictionary
; why: They take every lock of the dictionary, and Keys and Values copy it.
; fix: Use IsEmpty, enumerate the dictionary itself, or keep a counter of your own.
; cost: contention
; bad: var n = _concurrentMap.Count;
; good: var n = _map.Count;

((member_access_expression expression: (identifier) @of name: (identifier) @name) @hit
  (#match? @of "(?i)concurrent") (#any-of? @name "Count" "Keys" "Values"))
