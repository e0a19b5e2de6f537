; title: A collection of object
; why: Every value type in it is boxed, every read is a cast.
; fix: Use List<T>, Dictionary<K,V>, Queue<T>.
; cost: allocation
; bad: var a = new ArrayList();
; good: var a = new List<int>();

((object_creation_expression type: (identifier) @type) @hit (#any-of? @type "ArrayList" "Hashtable" "SortedList" "NameValueCollection"))
