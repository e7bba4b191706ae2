/// Events in, tree out. It keeps its own stack, so that a deeply nested text costs heap up to the depth bound and never the call stack.
struct TreeBuilder {
    private(set) var root: YAMLNode?
    private(set) var duplicateKeys: [YAMLDuplicateKey] = []

    private let limits: YAMLLimits
    private var open: [Collection] = []
    private var anchors: [String: Built] = [:]
    private var documents = 0
    private var nodes = 0

    /// A complete node. `size` counts the nodes under it, itself included; `height` is 0 for a scalar.
    private struct Built {
        let node: YAMLNode
        var size = 1
        var height = 0
    }

    /// A sequence or mapping whose end has not come yet.
    private struct Collection {
        var items: [YAMLNode] = []
        var entries: [YAMLEntry] = []
        var firstPosition: [String: YAMLPosition] = [:]
        /// The key that waits for its value.
        var pendingKey: YAMLNode?
        let isMapping: Bool
        let opening: YAMLEvent
        var size = 1
        var height = 1
    }

    init(limits: YAMLLimits) {
        self.limits = limits
    }

    mutating func take(_ event: YAMLEvent) throws(YAMLError) {
        switch event.kind {
        case .documentStart:
            documents += 1
            guard documents == 1 else {
                throw YAMLError(
                    kind: .unsupported, message: "a second document begins here; one file holds one document", position: event.start)
            }
        case .alias(let name):
            // An anchor is known only once its node is complete, so a node that contains itself ends here too.
            guard let target = anchors[name] else {
                throw YAMLError(kind: .unsupported, message: "alias '*\(name)' has no anchor '&\(name)' before it", position: event.start)
            }
            // What an alias repeats counts in full, and as deep as it stands now: the tree is walked by recursion later.
            guard open.count + target.height <= limits.maxDepth else { throw tooDeep(event.start) }
            try add(target, counting: target.size, at: event.start)
        case .scalar(let scalar):
            let node = YAMLNode(content: .scalar(scalar), tag: event.tag, start: event.start, end: event.end)
            let built = Built(node: node)
            if let anchor = event.anchor { anchors[anchor] = built }
            try add(built, counting: 1, at: event.start)
        case .sequenceStart, .mappingStart:
            guard open.count < limits.maxDepth else { throw tooDeep(event.start) }
            var isMapping = false
            if case .mappingStart = event.kind { isMapping = true }
            open.append(Collection(isMapping: isMapping, opening: event))
        case .sequenceEnd, .mappingEnd:
            guard let closed = open.popLast() else { return }
            let node = YAMLNode(
                content: closed.isMapping ? .mapping(closed.entries) : .sequence(closed.items),
                tag: closed.opening.tag,
                start: closed.opening.start,
                end: event.end
            )
            let built = Built(node: node, size: closed.size, height: closed.height)
            if let anchor = closed.opening.anchor { anchors[anchor] = built }
            // Its children were counted when they came.
            try add(built, counting: 1, at: closed.opening.start)
        }
    }

    private func tooDeep(_ position: YAMLPosition) -> YAMLError {
        YAMLError(kind: .limit, message: "nested deeper than \(limits.maxDepth) sequences and mappings", position: position)
    }

    /// Hangs a complete node into the innermost open collection. `count` is what it adds to the nodes counted so far.
    private mutating func add(_ built: Built, counting count: Int, at position: YAMLPosition) throws(YAMLError) {
        let node = built.node
        nodes += count
        guard nodes <= limits.maxNodes else {
            throw YAMLError(kind: .limit, message: "more than \(limits.maxNodes) nodes, aliases expanded", position: position)
        }
        guard let innermost = open.indices.last else {
            root = node
            return
        }
        open[innermost].size += built.size
        open[innermost].height = max(open[innermost].height, built.height + 1)
        guard open[innermost].isMapping else {
            open[innermost].items.append(node)
            return
        }
        guard let key = open[innermost].pendingKey else {
            open[innermost].pendingKey = node
            return
        }
        open[innermost].pendingKey = nil
        guard case .scalar(let scalar) = key.content else {
            throw YAMLError(kind: .unsupported, message: "a key must be a scalar, not a sequence or mapping", position: key.start)
        }
        if let first = open[innermost].firstPosition[scalar.text] {
            duplicateKeys.append(YAMLDuplicateKey(key: scalar.text, start: key.start, end: key.end, first: first, value: node))
        } else {
            open[innermost].firstPosition[scalar.text] = key.start
            open[innermost].entries.append(YAMLEntry(key: scalar.text, keyStart: key.start, keyEnd: key.end, value: node))
        }
    }
}
