import ArgumentParser
import GatewayConfiguration

/// `qualm check`: exit status 0, or 78 (EX_CONFIG of sysexits.h) with every problem of the file.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Check the configuration and say everything that is wrong with it.")

    @OptionGroup var source: ConfigurationSource

    func run() throws {
        let configuration = try source.load()
        _ = try RouteAssembly.checkArtefacts(configuration)
        print("\(source.config): ok")
    }
}
