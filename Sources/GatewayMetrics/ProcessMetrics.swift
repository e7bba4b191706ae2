#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the kernel says about this process, under the names every Prometheus client library uses. Sampled once per scrape from
/// `/proc`; on a system without it the values stay 0.
/// Source: https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics
struct ProcessMetrics: Sendable {
    let cpu: AmountCounter<>
    let openFileDescriptors: Gauge<>
    let maxFileDescriptors: Gauge<>
    let virtualMemory: Gauge<>
    let residentMemory: Gauge<>
    let startTime: Gauge<>
    let threads: Gauge<>

    /// Declares the metrics and samples them at every scrape of `registry`.
    static func register(in registry: PrometheusRegistry) {
        let metrics = ProcessMetrics(
            cpu: registry.amount("process_cpu_seconds_total", "Processor time used, user and system."),
            openFileDescriptors: registry.gauge("process_open_fds", "Open file descriptors."),
            maxFileDescriptors: registry.gauge("process_max_fds", "File descriptors that may be open at most."),
            virtualMemory: registry.gauge("process_virtual_memory_bytes", "Virtual memory."),
            residentMemory: registry.gauge("process_resident_memory_bytes", "Resident memory."),
            startTime: registry.gauge("process_start_time_seconds", "Start of the process, in seconds since 1970."),
            threads: registry.gauge("process_threads", "Threads of the process."))
        registry.onScrape { metrics.sample() }
    }

    /// Reads `/proc/self/stat` and its neighbours; what cannot be read keeps its last value.
    func sample() {
        if let statistics = ProcessStatistics.current() {
            cpu.adopt(total: statistics.cpuSeconds)
            virtualMemory.set(to: statistics.virtualBytes)
            residentMemory.set(to: statistics.residentBytes)
            threads.set(to: statistics.threads)
            if let bootTime = ProcessStatistics.bootTime() {
                startTime.set(to: bootTime + statistics.startSecondsAfterBoot)
            }
        }
        if let count = ProcessStatistics.openFileDescriptors() {
            openFileDescriptors.set(to: Double(count))
        }
        if let limit = ProcessStatistics.maxFileDescriptors() {
            maxFileDescriptors.set(to: limit)
        }
    }
}

/// The numbers of `/proc/self/stat`. Source: proc(5).
struct ProcessStatistics {
    let cpuSeconds: Double
    let threads: Double
    let startSecondsAfterBoot: Double
    let virtualBytes: Double
    let residentBytes: Double

    /// Parses the one line of `/proc/self/stat`; `nil` when it is not one.
    ///
    /// The second field is the program's name in parentheses and may itself hold spaces and parentheses, so counting starts behind
    /// the last closing one.
    init?(line: [UInt8], ticksPerSecond: Double, pageBytes: Double) {
        guard let nameEnd = line.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = line[(nameEnd + 1)...].split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") })
            .map { Double(String(decoding: $0, as: UTF8.self)) }
        // proc(5) numbers fields from 1; the first one here is number 3.
        func field(_ number: Int) -> Double? { number - 3 < fields.count ? fields[number - 3] : nil }
        guard let user = field(14), let system = field(15), let threads = field(20), let start = field(22),
            let virtual = field(23), let resident = field(24), ticksPerSecond > 0
        else { return nil }
        cpuSeconds = (user + system) / ticksPerSecond
        self.threads = threads
        startSecondsAfterBoot = start / ticksPerSecond
        virtualBytes = virtual
        residentBytes = resident * pageBytes
    }

    static func current() -> ProcessStatistics? {
        guard let line = contents(of: "/proc/self/stat", maxBytes: 4096) else { return nil }
        return ProcessStatistics(
            line: line, ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))), pageBytes: Double(sysconf(Int32(_SC_PAGESIZE))))
    }

    /// Seconds since 1970 at which the machine started, from `/proc/stat`.
    static func bootTime() -> Double? {
        guard let text = contents(of: "/proc/stat", maxBytes: 1 << 20) else { return nil }
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: "btime ".utf8) {
            return Double(String(decoding: line.dropFirst(6), as: UTF8.self))
        }
        return nil
    }

    /// Open descriptors, without the one that is open for counting.
    static func openFileDescriptors() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // `.`, `..` and the directory's own descriptor.
        return max(0, count - 3)
    }

    /// The soft limit; `nil` when unlimited or unknown.
    static func maxFileDescriptors() -> Double? {
        guard let text = contents(of: "/proc/self/limits", maxBytes: 1 << 16) else { return nil }
        for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: "Max open files".utf8) {
            let words = line.dropFirst("Max open files".utf8.count).split(separator: UInt8(ascii: " "))
            return words.first.flatMap { Double(String(decoding: $0, as: UTF8.self)) }
        }
        return nil
    }

    private static func contents(of path: String, maxBytes: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        var result: [UInt8] = []
        while result.count < maxBytes {
            let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if count <= 0 { break }
            result += bytes[0..<count]
        }
        return result
    }
}
