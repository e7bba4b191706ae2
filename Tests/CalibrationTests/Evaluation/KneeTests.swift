import Calibration
import Testing

@Suite struct KneeTests {
    /// Figure 2 of the paper: y = -1/x + 5 from .1 to 1 has its knee at x = 1/√10, where the scaled curve has slope 1.
    @Test func theKneeOfThePapersExample() throws {
        let points = (0...900).map { index in
            let x = 0.1 + Double(index) / 1_000
            return CurvePoint(x: x, y: 5 - 1 / x)
        }
        let knee = try #require(Knee.index(of: points, shape: .concaveIncreasing))
        #expect(abs(points[knee].x - 0.316227766) < 0.001)
    }

    /// The same bend, mirrored.
    @Test(arguments: Knee.Shape.allCases)
    func mirroredCurvesBendAtTheMirroredPlace(shape: Knee.Shape) throws {
        // Steep to (.2, .8), then flat to (1, 1).
        let corner = (0...100).map { index in
            let x = Double(index) / 100
            return CurvePoint(x: x, y: x < 0.2 ? 4 * x : 0.75 + x / 4)
        }
        let points: [CurvePoint]
        switch shape {
        case .concaveIncreasing: points = corner
        case .convexDecreasing: points = corner.map { CurvePoint(x: $0.x, y: -$0.y) }
        case .concaveDecreasing: points = corner.reversed().map { CurvePoint(x: -$0.x, y: $0.y) }
        case .convexIncreasing: points = corner.reversed().map { CurvePoint(x: -$0.x, y: -$0.y) }
        }
        let knee = try #require(Knee.index(of: points, shape: shape))
        #expect(abs(abs(points[knee].x) - 0.2) < 1e-9)
    }

    @Test func whatDoesNotBendHasNoKnee() {
        let line = (0...10).map { CurvePoint(x: Double($0), y: Double($0)) }
        #expect(Knee.index(of: line, shape: .concaveIncreasing) == nil)
        // A bend of half a step counts only for the eager.
        let slight = line.map { CurvePoint(x: $0.x, y: $0.y + ($0.x == 5 ? 0.5 : 0)) }
        #expect(Knee.index(of: slight, shape: .concaveIncreasing) == nil)
        #expect(Knee.index(of: slight, shape: .concaveIncreasing, sensitivity: 0) == 5)
        #expect(Knee.index(of: slight, shape: .convexIncreasing) == nil)
        #expect(Knee.index(of: [], shape: .concaveIncreasing) == nil)
        #expect(Knee.index(of: Array(line.prefix(2)), shape: .concaveIncreasing) == nil)
        #expect(Knee.index(of: line.map { CurvePoint(x: $0.x, y: 3) }, shape: .concaveIncreasing) == nil)
        #expect(Knee.index(of: line.map { CurvePoint(x: 1, y: $0.y) }, shape: .concaveIncreasing) == nil)
        #expect(Knee.index(of: line.map { CurvePoint(x: $0.x, y: .nan) }, shape: .concaveIncreasing) == nil)
    }
}
